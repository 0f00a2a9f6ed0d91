CREATE FUNCTION referral_create_payout(
       user_uuid       uuid,
       payout_ref      text,
       currency        text,
       amount          numeric DEFAULT NULL,
       OUT payout_uuid uuid,
       OUT user_uuid   uuid,
       OUT currency    text,
       OUT amount      numeric,
       OUT status      text,
       OUT created_at  timestamptz,
       OUT repeated    boolean)
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_create_payout_wrapper';

COMMENT ON FUNCTION referral_create_payout(uuid, text, text, numeric) IS
'Takes what is available to a user in a currency, or amount of it, out of the balance, as a payout that is pending until referral_settle_payout() says how it has ended. Once for each payout_ref: a repeat gives the payout as it is by now, with repeated. Errors: RF016 less than that, or nothing, is available; RF014 the payout_ref is that of another user, currency or amount; 22023 an argument out of range.';
