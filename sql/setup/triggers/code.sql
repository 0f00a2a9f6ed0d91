-- As pg_get_triggerdef prints it, but for the line breaks: what is there is compared with it as text.
CREATE TRIGGER referral_guard_code
BEFORE INSERT OR UPDATE OF code, description, max_uses, expiration_date, created_by_uuid
    ON host.phoenix_kit_referral_codes
   FOR EACH ROW
  WHEN (extension.referral_written_by_hand())
EXECUTE FUNCTION extension.referral_guard_code()
