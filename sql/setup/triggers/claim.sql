CREATE TRIGGER referral_guard_claim
 AFTER UPDATE
    ON host.phoenix_kit_referral_codes
   FOR EACH ROW
  WHEN (OLD.number_of_uses OPERATOR(pg_catalog.<>) NEW.number_of_uses
        AND extension.referral_written_by_hand())
EXECUTE FUNCTION extension.referral_guard_claim()
