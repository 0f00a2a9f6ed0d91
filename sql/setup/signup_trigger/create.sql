CREATE CONSTRAINT TRIGGER referral_required_at_signup
 AFTER INSERT
    ON users_table
DEFERRABLE INITIALLY DEFERRED
   FOR EACH ROW
EXECUTE FUNCTION extension.referral_guard_signup(trigger_arguments)
