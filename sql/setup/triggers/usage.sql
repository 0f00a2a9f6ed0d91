CREATE TRIGGER referral_guard_usage
 AFTER INSERT
    ON host.phoenix_kit_referral_code_usage
   FOR EACH ROW
EXECUTE FUNCTION extension.referral_guard_usage()
