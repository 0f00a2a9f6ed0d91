CREATE FUNCTION referral_hold_use(
       code           text,
       user_uuid      uuid,
       ttl            interval DEFAULT '15 minutes',
       OUT hold_uuid  uuid,
       OUT code_uuid  uuid,
       OUT expires_at timestamptz)
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_hold_use_wrapper';

COMMENT ON FUNCTION referral_hold_use(text, uuid, interval) IS
'Holds a use of a code for a user in a checkout: takes it at once, as referral_use_code does and with the same errors, and keeps it until referral_confirm_hold makes it, referral_release_hold gives it back, or it has expired and somebody needs it. Asking again renews the hold. 22023 for a ttl that is not longer than nothing, or longer than a year.';

CREATE FUNCTION referral_try_hold_use(
       code           text,
       user_uuid      uuid,
       ttl            interval DEFAULT '15 minutes',
       OUT ok         boolean,
       OUT reason     text,
       OUT hold_uuid  uuid,
       OUT code_uuid  uuid,
       OUT expires_at timestamptz)
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_try_hold_use_wrapper';

COMMENT ON FUNCTION referral_try_hold_use(text, uuid, interval) IS
'Holds a use as referral_hold_use does, but returns a refusal as a row: ok is false and reason says why, in the words of referral_try_use_code.';

CREATE FUNCTION referral_confirm_hold(
       hold_uuid            uuid,
       OUT usage_uuid       uuid,
       OUT code_uuid        uuid,
       OUT code             text,
       OUT used_by_uuid     uuid,
       OUT date_used        timestamptz,
       OUT beneficiary_uuid uuid,
       OUT number_of_uses   integer,
       OUT remaining_uses   integer)
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_confirm_hold_wrapper';

COMMENT ON FUNCTION referral_confirm_hold(uuid) IS
'Makes the use that is held: one row, as referral_use_code gives it, whose usage_uuid is the hold_uuid. Once more it gives the same use, so that a retry after a lost reply is safe. A hold that has expired is confirmed where its use, or another, is free. Errors: those of referral_use_code; 22023 with reason=hold_not_found where there is no such hold, any more.';

CREATE FUNCTION referral_release_hold(
       hold_uuid uuid)
RETURNS boolean
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_release_hold_wrapper';

COMMENT ON FUNCTION referral_release_hold(uuid) IS
'Gives back the use that is held. False where there is no such hold, any more, as one that was confirmed.';
