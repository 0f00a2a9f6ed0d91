-- As pg_get_triggerdef prints it, but for the line breaks: what is there is compared with it as text.
CREATE TRIGGER referral_guard_claim
 AFTER UPDATE
    ON host.phoenix_kit_referral_codes
   FOR EACH ROW
EXECUTE FUNCTION extension.referral_guard_claim()
