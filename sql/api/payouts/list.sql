CREATE FUNCTION referral_list_payouts(
       filter     jsonb DEFAULT '{}',
       max_rows   integer DEFAULT 50,
       after_uuid uuid DEFAULT NULL)
RETURNS TABLE (
       payout_uuid uuid,
       user_uuid   uuid,
       payout_ref  text,
       batch_ref   text,
       currency    text,
       amount      numeric,
       status      text,
       created_at  timestamptz,
       settled_at  timestamptz,
       reason      text)
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_list_payouts_wrapper';

COMMENT ON FUNCTION referral_list_payouts(jsonb, integer, uuid) IS
'Payouts, the newest first, after the payout after_uuid for the next page; those alone that the filter describes by user_uuid, status (pending, paid, failed), currency, batch_ref and payout_ref. Errors: 22023 a filter with another key or such a value, no such payout.';
