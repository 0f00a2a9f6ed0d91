CREATE FUNCTION referral_import_codes(
       codes           text[],
       created_by_uuid uuid,
       description     text DEFAULT 'Referral code',
       max_uses        integer DEFAULT 1,
       expiration_date timestamptz DEFAULT NULL,
       program         text DEFAULT NULL)
RETURNS TABLE (
       code    text,
       uuid    uuid,
       ok      boolean,
       message text)
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_import_codes_wrapper';

COMMENT ON FUNCTION referral_import_codes(text[], uuid, text, integer, timestamptz, text) IS
'Creates codes that somebody else has printed, and puts them into the program if one is named: one row each, in the order given, with the code as it is stored and its uuid. One that breaks a rule or is taken, also by an earlier one of the same array, is a row whose ok is false and whose message says why, in Ecto''s wording; the others are created. The limit of codes a user may create does not apply. Errors: 22023 no such program, or more than 100000 codes, 23514 description, max_uses or expiration_date break a rule (the column is named).';
