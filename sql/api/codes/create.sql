CREATE FUNCTION referral_create_code(
       created_by_uuid      uuid,
       code                 text DEFAULT NULL,
       description          text DEFAULT 'Referral code',
       max_uses             integer DEFAULT NULL,
       beneficiary_uuid     uuid DEFAULT NULL,
       expiration_date      timestamptz DEFAULT NULL,
       status               boolean DEFAULT true,
       OUT uuid             uuid,
       OUT code             text,
       OUT description      text,
       OUT status           boolean,
       OUT number_of_uses   integer,
       OUT max_uses         integer,
       OUT created_by_uuid  uuid,
       OUT beneficiary_uuid uuid,
       OUT date_created     timestamptz,
       OUT expiration_date  timestamptz,
       OUT remaining_uses   integer,
       OUT state            text)
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_create_code_wrapper';

COMMENT ON FUNCTION referral_create_code(uuid, text, text, integer, uuid, timestamptz, boolean) IS
'Creates a code and returns its row. No code: a random one. No max_uses: the setting max_number_of_uses_per_code, at most 100. Errors: 23505 the code is taken (ignoring case), 23514 a field breaks a rule (the column is named), RF008 the creator holds as many codes as max_number_of_codes_per_user allows, RF010 no unused code was found.';

CREATE FUNCTION referral_create_codes(
       count              integer,
       created_by_uuid    uuid,
       description        text DEFAULT 'Referral code',
       max_uses           integer DEFAULT 1,
       expiration_date    timestamptz DEFAULT NULL,
       beneficiary_uuid   uuid DEFAULT NULL,
       length             integer DEFAULT 10,
       prefix             text DEFAULT NULL,
       enforce_user_limit boolean DEFAULT true,
       program            text DEFAULT NULL)
RETURNS TABLE (
       uuid uuid,
       code text)
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_create_codes_in_program_wrapper';

COMMENT ON FUNCTION referral_create_codes(integer, uuid, text, integer, timestamptz, uuid, integer, text, boolean, text) IS
'Creates exactly so many different random codes (prefix and so many letters), puts them into the program if one is named, and returns them, or fails whole. Works in bounded memory and can be cancelled. Errors: 22023 no such program, or a count that is more than half of the codes of that length, RF008 more codes than the creator may have (enforce_user_limit => false lets them be), 23514 a field breaks a rule.';
