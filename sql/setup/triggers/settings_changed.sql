-- As pg_get_triggerdef prints it, but for the line breaks: what is there is compared with it as text.
CREATE TRIGGER referral_fact_changed
 AFTER INSERT OR DELETE OR UPDATE
    ON host.phoenix_kit_settings
   FOR EACH ROW
EXECUTE FUNCTION extension.referral_fact_changed()
