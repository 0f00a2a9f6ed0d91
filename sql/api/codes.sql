CREATE FUNCTION referral_generate_code(
       length   integer DEFAULT 5,
       alphabet text DEFAULT NULL,
       prefix   text DEFAULT NULL)
RETURNS text
LANGUAGE c VOLATILE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_generate_code_wrapper';

COMMENT ON FUNCTION referral_generate_code(integer, text, text) IS
'A random code: prefix and so many letters of the alphabet (NULL: capital letters and digits without 0 O 1 I), drawn without bias by a cryptographic generator. Whether it is unused is not asked. Errors: 22023 a length outside 1 to 50, an alphabet that is not 2 to 256 different characters, or more than 50 characters together.';

CREATE FUNCTION referral_generate_unique_code(
       attempts integer DEFAULT 10)
RETURNS text
LANGUAGE c VOLATILE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_generate_unique_code_wrapper';

COMMENT ON FUNCTION referral_generate_unique_code(integer) IS
'A random code of five letters that no row holds at the time of asking. Errors: RF010 when all attempts drew codes in use, 22023 for attempts outside 1 to 1000.';

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

CREATE FUNCTION referral_get_code(
       code_uuid uuid)
RETURNS TABLE (
       uuid             uuid,
       code             text,
       description      text,
       status           boolean,
       number_of_uses   integer,
       max_uses         integer,
       created_by_uuid  uuid,
       beneficiary_uuid uuid,
       date_created     timestamptz,
       expiration_date  timestamptz,
       remaining_uses   integer,
       state            text)
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_get_code_wrapper';

COMMENT ON FUNCTION referral_get_code(uuid) IS
'The code with that id, or no row. remaining_uses is at least 0; state is active, inactive, expired or limit_reached, judged in the order inactive, expired, limit_reached at the statement''s start.';

CREATE FUNCTION referral_get_code_strict(
       code_uuid            uuid,
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
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_get_code_strict_wrapper';

COMMENT ON FUNCTION referral_get_code_strict(uuid) IS
'The code with that id. Errors: RF001 there is none.';

CREATE FUNCTION referral_get_code_by_string(
       code text)
RETURNS TABLE (
       uuid             uuid,
       code             text,
       description      text,
       status           boolean,
       number_of_uses   integer,
       max_uses         integer,
       created_by_uuid  uuid,
       beneficiary_uuid uuid,
       date_created     timestamptz,
       expiration_date  timestamptz,
       remaining_uses   integer,
       state            text)
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_get_code_by_string_wrapper';

COMMENT ON FUNCTION referral_get_code_by_string(text) IS
'The code that a person would mean by that text, or no row: surrounding space and case are ignored, and of several codes that differ by case alone the oldest is returned.';

CREATE FUNCTION referral_valid_for_use(
       code_uuid uuid)
RETURNS boolean
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_valid_for_use_wrapper';

COMMENT ON FUNCTION referral_valid_for_use(uuid) IS
'Whether the code is active, unexpired and below its limit at the statement''s start; NULL for an unknown code. A dry look: only a redemption takes a use.';

CREATE FUNCTION referral_expired(
       code_uuid uuid)
RETURNS boolean
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_expired_wrapper';

COMMENT ON FUNCTION referral_expired(uuid) IS
'Whether the code''s expiration_date is not after the statement''s start; NULL for an unknown code.';

CREATE FUNCTION referral_usage_limit_reached(
       code_uuid uuid)
RETURNS boolean
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_usage_limit_reached_wrapper';

COMMENT ON FUNCTION referral_usage_limit_reached(uuid) IS
'Whether number_of_uses has reached max_uses; NULL for an unknown code.';

CREATE FUNCTION referral_create_codes(
       count              integer,
       created_by_uuid    uuid,
       description        text DEFAULT 'Referral code',
       max_uses           integer DEFAULT 1,
       expiration_date    timestamptz DEFAULT NULL,
       beneficiary_uuid   uuid DEFAULT NULL,
       length             integer DEFAULT 10,
       prefix             text DEFAULT NULL,
       enforce_user_limit boolean DEFAULT true)
RETURNS SETOF text
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_create_codes_wrapper';

COMMENT ON FUNCTION referral_create_codes(integer, uuid, text, integer, timestamptz, uuid, integer, text, boolean) IS
'Creates exactly so many different random codes (prefix and so many letters) and returns them, or fails whole. Works in bounded memory and can be cancelled. Errors: 22023 a count that is more than half of the codes of that length, RF008 more codes than the creator may have (enforce_user_limit => false lets them be), 23514 a field breaks a rule.';

CREATE FUNCTION referral_update_code(
       code_uuid            uuid,
       changes              jsonb,
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
AS 'MODULE_PATHNAME', 'referral_update_code_wrapper';

COMMENT ON FUNCTION referral_update_code(uuid, jsonb) IS
'Changes a code and returns its row. Keys of changes are column names: code, description, status, max_uses, created_by_uuid, beneficiary_uuid, date_created, expiration_date. A rule applies only to a value that changes, so that an expired code, or one over a lowered limit, stays editable. Errors: RF001 no such code, 22023 an unknown key, 23514 a field breaks a rule, 23505 the code is taken, RF008 the new creator has as many codes as allowed.';

CREATE FUNCTION referral_delete_code(
       code_uuid uuid)
RETURNS boolean
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_delete_code_wrapper';

COMMENT ON FUNCTION referral_delete_code(uuid) IS
'Deletes a code and its usage rows; false where there was none.';

CREATE FUNCTION referral_deactivate_code(
       code text)
RETURNS boolean
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_deactivate_code_wrapper';

COMMENT ON FUNCTION referral_deactivate_code(text) IS
'Sets status to false, so that the code is refused with RF002; false where there is no such code.';

CREATE FUNCTION referral_code_errors(
       attributes jsonb,
       code_uuid  uuid DEFAULT NULL)
RETURNS TABLE (
       field   text,
       message text)
LANGUAGE c STABLE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_code_errors_wrapper';

COMMENT ON FUNCTION referral_code_errors(jsonb, uuid) IS
'A dry run of referral_create_code or, with a code_uuid, of referral_update_code: every rule that the attributes break, in Ecto''s wording. No row means valid at the time of asking. Errors: RF001 no such code.';

CREATE FUNCTION referral_list_codes(
       max_rows   integer DEFAULT NULL,
       after_uuid uuid DEFAULT NULL)
RETURNS TABLE (
       uuid             uuid,
       code             text,
       description      text,
       status           boolean,
       number_of_uses   integer,
       max_uses         integer,
       created_by_uuid  uuid,
       beneficiary_uuid uuid,
       date_created     timestamptz,
       expiration_date  timestamptz,
       remaining_uses   integer,
       state            text)
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_list_codes_wrapper';

COMMENT ON FUNCTION referral_list_codes(integer, uuid) IS
'Codes, newest first; NULL rows means all. after_uuid is the last code of the page before. Errors: 22023 after_uuid names no code, or max_rows is negative.';

CREATE FUNCTION referral_list_valid_codes(
       max_rows   integer DEFAULT NULL,
       after_uuid uuid DEFAULT NULL)
RETURNS TABLE (
       uuid             uuid,
       code             text,
       description      text,
       status           boolean,
       number_of_uses   integer,
       max_uses         integer,
       created_by_uuid  uuid,
       beneficiary_uuid uuid,
       date_created     timestamptz,
       expiration_date  timestamptz,
       remaining_uses   integer,
       state            text)
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_list_valid_codes_wrapper';

COMMENT ON FUNCTION referral_list_valid_codes(integer, uuid) IS
'As referral_list_codes, but only codes whose state is active.';

CREATE FUNCTION referral_top_codes(
       max_rows integer DEFAULT 5)
RETURNS TABLE (
       uuid             uuid,
       code             text,
       description      text,
       status           boolean,
       number_of_uses   integer,
       max_uses         integer,
       created_by_uuid  uuid,
       beneficiary_uuid uuid,
       date_created     timestamptz,
       expiration_date  timestamptz,
       remaining_uses   integer,
       state            text)
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_top_codes_wrapper';

COMMENT ON FUNCTION referral_top_codes(integer) IS
'The codes with the most uses, most used first; codes without a use are left out.';

CREATE FUNCTION referral_count_user_codes(
       user_uuid uuid)
RETURNS bigint
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_count_user_codes_wrapper';

COMMENT ON FUNCTION referral_count_user_codes(uuid) IS
'How many codes the user has created.';

CREATE FUNCTION referral_validate_user_code_limit(
       user_uuid uuid)
RETURNS boolean
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_validate_user_code_limit_wrapper';

COMMENT ON FUNCTION referral_validate_user_code_limit(uuid) IS
'Whether the user may create one more code, by the setting max_number_of_codes_per_user. A dry look: only a creation holds the limit.';

CREATE FUNCTION referral_system_stats(
       OUT total_codes      bigint,
       OUT active_codes     bigint,
       OUT total_usage      bigint,
       OUT codes_with_usage bigint)
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_system_stats_wrapper';

COMMENT ON FUNCTION referral_system_stats() IS
'Counts over all codes and usages; active_codes are those whose status is true. Reads each table once.';
