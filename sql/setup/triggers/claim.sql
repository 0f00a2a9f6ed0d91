-- As pg_get_triggerdef prints it, but for the line breaks: what is there is compared with it as text.
CREATE TRIGGER referral_guard_claim
 AFTER UPDATE
    ON host.phoenix_kit_referral_codes
   FOR EACH ROW
  WHEN (((old.number_of_uses <> new.number_of_uses)
        AND extension.referral_written_by_hand()))
EXECUTE FUNCTION extension.referral_guard_claim()
