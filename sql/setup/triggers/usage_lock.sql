CREATE TRIGGER referral_guard_usage_lock
BEFORE INSERT
    ON host.phoenix_kit_referral_code_usage
   FOR EACH ROW
  WHEN (extension.referral_written_by_hand())
EXECUTE FUNCTION extension.referral_guard_usage_lock()
