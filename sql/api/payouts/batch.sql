CREATE FUNCTION referral_create_payouts(
       currency   text,
       batch_ref  text,
       min_amount numeric DEFAULT 0.01,
       max_rows   integer DEFAULT 1000)
RETURNS TABLE (
       payout_uuid uuid,
       user_uuid   uuid,
       currency    text,
       amount      numeric,
       status      text,
       created_at  timestamptz,
       repeated    boolean)
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_create_payouts_wrapper';

COMMENT ON FUNCTION referral_create_payouts(text, text, numeric, integer) IS
'Creates a payout of all that is available for each user who has min_amount or more of a currency, at most max_rows of them, in the order of their ids; the payout_ref of each is batch_ref:user_uuid. Fewer rows than max_rows: nobody is left. Once for each batch_ref: a repeat creates nothing and gives the payouts of the first call, with repeated. Errors: RF014 a repeat with another currency, min_amount or max_rows, or a payout that somebody has given a payout_ref of the batch; 22023 an argument out of range.';
