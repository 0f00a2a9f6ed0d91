-- As pg_get_triggerdef prints it, but for the line breaks: what is there is compared with it as text.
CREATE TRIGGER referral_guard_ledger
BEFORE INSERT OR DELETE OR UPDATE OR TRUNCATE
    ON host.referral_payouts
   FOR EACH STATEMENT
  WHEN (extension.referral_written_by_hand())
EXECUTE FUNCTION extension.referral_guard_ledger()
