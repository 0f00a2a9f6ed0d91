CREATE TRIGGER referral_guard_usage_lock
BEFORE INSERT OR UPDATE
    ON host.phoenix_kit_referral_code_usage
   FOR EACH ROW
EXECUTE FUNCTION extension.referral_guard_usage_lock()
