CREATE TRIGGER referral_guard_claim
 AFTER UPDATE
    ON host.phoenix_kit_referral_codes
   FOR EACH ROW
EXECUTE FUNCTION extension.referral_guard_claim()
