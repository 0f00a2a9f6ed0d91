CREATE FUNCTION referral_use_code(
       code                 text,
       user_uuid            uuid,
       OUT usage_uuid       uuid,
       OUT code_uuid        uuid,
       OUT code             text,
       OUT used_by_uuid     uuid,
       OUT date_used        timestamptz,
       OUT beneficiary_uuid uuid,
       OUT number_of_uses   integer,
       OUT remaining_uses   integer)
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_use_code_wrapper';

COMMENT ON FUNCTION referral_use_code(text, uuid) IS
'Redeems a code for a user: takes one use and writes the usage row, in the caller''s transaction. One row, or an error and nothing changed. Errors, judged in this order: RF007 referral codes are switched off, RF001 no such code, RF005 this user has used it, RF002 inactive, RF003 expired, RF013 its program is not active, RF006 the user is its beneficiary, RF015 this user has redeemed another code of its program, RF004 no use left in the code or its program. DETAIL is reason=...; under REPEATABLE READ and SERIALIZABLE 40001 asks for a retry.';

CREATE FUNCTION referral_try_use_code(
       code                 text,
       user_uuid            uuid,
       OUT ok               boolean,
       OUT reason           text,
       OUT usage_uuid       uuid,
       OUT code_uuid        uuid,
       OUT date_used        timestamptz,
       OUT beneficiary_uuid uuid,
       OUT remaining_uses   integer)
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_try_use_code_wrapper';

COMMENT ON FUNCTION referral_try_use_code(text, uuid) IS
'Redeems a code for a user as referral_use_code does, but returns a refusal as a row: ok is false and reason says why (system_disabled, code_not_found, already_used, code_inactive, code_expired, program_not_active, self_referral, already_referred, usage_limit_reached). For already_used the row names the earlier usage, so that a retry after a lost reply is safe.';

CREATE FUNCTION referral_undo_use(
       usage_uuid uuid)
RETURNS boolean
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_undo_use_wrapper';

COMMENT ON FUNCTION referral_undo_use(uuid) IS
'Gives a use back: the usage row goes and the counter falls by one, under the code''s lock. False where there is no such usage.';

CREATE FUNCTION referral_validate_code(
       code               text,
       user_uuid          uuid DEFAULT NULL,
       OUT valid          boolean,
       OUT reason         text,
       OUT message        text,
       OUT referrer_uuid  uuid,
       OUT remaining_uses integer)
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_validate_code_wrapper';

COMMENT ON FUNCTION referral_validate_code(text, uuid) IS
'Dry run of a redemption: whether the user (NULL: somebody new) could redeem the code now, why not, and a sentence to show. Takes nothing: only a redemption is a promise.';
