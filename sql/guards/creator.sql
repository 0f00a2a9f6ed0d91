CREATE TRIGGER referral_guard_creator
 AFTER INSERT OR UPDATE OF created_by_uuid
    ON host.phoenix_kit_referral_codes
   FOR EACH ROW
EXECUTE FUNCTION extension.referral_guard_creator()
