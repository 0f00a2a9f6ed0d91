-- As pg_get_triggerdef prints it, but for the line breaks: what is there is compared with it as text.
CREATE TRIGGER referral_fact_changed
 AFTER INSERT OR DELETE OR UPDATE OF key, status, starts_at, ends_at, max_uses_total, one_code_per_referee
    ON host.referral_programs
   FOR EACH ROW
EXECUTE FUNCTION extension.referral_fact_changed()
