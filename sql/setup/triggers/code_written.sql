-- As pg_get_triggerdef prints it, but for the line breaks: what is there is compared with it as text.
CREATE TRIGGER referral_guard_code_written
 AFTER INSERT OR UPDATE OF created_by_uuid, beneficiary_uuid, status
    ON host.phoenix_kit_referral_codes
   FOR EACH ROW
  WHEN (extension.referral_written_by_hand())
EXECUTE FUNCTION extension.referral_guard_code_written()
