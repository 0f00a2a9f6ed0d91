CREATE TRIGGER referral_guard_ledger
BEFORE UPDATE OR DELETE OR TRUNCATE
    ON host.referral_rewards
   FOR EACH STATEMENT
  WHEN (extension.referral_written_by_hand())
EXECUTE FUNCTION extension.referral_guard_ledger()
