CREATE FUNCTION referral_balance(
       user_uuid uuid)
RETURNS TABLE (
       currency  text,
       earned    numeric,
       available numeric,
       held      numeric,
       pending   numeric,
       paid      numeric,
       reversed  numeric)
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_balance_with_payouts_wrapper';

COMMENT ON FUNCTION referral_balance(uuid) IS
'What a user has, a row for each currency: earned (granted less reversed) is available (its hold period is over, and no payout has taken it) plus held plus pending (in payouts that are under way) plus paid; reversed is what was taken back. What is taken back after it was paid makes available negative, and the next rewards make up for it first.';
