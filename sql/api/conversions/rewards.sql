CREATE FUNCTION referral_balance(
       user_uuid uuid)
RETURNS TABLE (
       currency  text,
       earned    numeric,
       available numeric,
       held      numeric,
       reversed  numeric)
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_balance_wrapper';

COMMENT ON FUNCTION referral_balance(uuid) IS
'What the ledger says of a user, a row for each currency: earned (granted less reversed) is available (its hold period is over) plus held; reversed is what was taken back.';
