CREATE FUNCTION referral_use_codes(
       code       text,
       user_uuids uuid[])
RETURNS TABLE (
       user_uuid  uuid,
       ok         boolean,
       reason     text,
       usage_uuid uuid)
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_use_codes_wrapper';

COMMENT ON FUNCTION referral_use_codes(text, uuid[]) IS
'Redeems a code for many users in one statement: one row each, in the order given, as if each had called referral_try_use_code in turn. A refusal is a row whose ok is false and whose reason says why; for already_used, also of a user who is named twice, the row has the earlier usage. Errors: 22004 for a NULL among the users, whose place is named, 22023 for more than 100000 of them.';
