CREATE FUNCTION referral_settle_payout(
       payout_ref      text,
       paid            boolean,
       reason          text DEFAULT NULL,
       OUT payout_uuid uuid,
       OUT user_uuid   uuid,
       OUT payout_ref  text,
       OUT batch_ref   text,
       OUT currency    text,
       OUT amount      numeric,
       OUT status      text,
       OUT created_at  timestamptz,
       OUT settled_at  timestamptz,
       OUT reason      text,
       OUT repeated    boolean)
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_settle_payout_wrapper';

COMMENT ON FUNCTION referral_settle_payout(text, boolean, text) IS
'Says how a payout has ended: it is paid, or it has failed and its amount is back in the balance. The same again changes nothing and gives the payout as it was settled first, with repeated. Errors: RF012 it has ended the other way; 22023 no such payout.';
