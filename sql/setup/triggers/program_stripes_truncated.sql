-- As pg_get_triggerdef prints it, but for the line breaks: what is there is compared with it as text.
CREATE TRIGGER referral_facts_truncated
 AFTER TRUNCATE
    ON host.referral_program_stripes
   FOR EACH STATEMENT
EXECUTE FUNCTION extension.referral_facts_truncated()
