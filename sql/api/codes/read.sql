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
'The code with that id, or no row. remaining_uses is what the code has left, or its program where that has less, and at least 0; state is active, inactive, expired, program_not_active or limit_reached, judged at the statement''s start in the order inactive, expired, program_not_active, limit_reached, as a redemption judges.';

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
'Whether the code''s state is active at the statement''s start: that it may be used by somebody, its program included; NULL for an unknown code. A dry look: only a redemption takes a use.';

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
'Whether no use is left of the code, or of its program; NULL for an unknown code.';

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

CREATE FUNCTION referral_system_stats(
       OUT total_codes      bigint,
       OUT active_codes     bigint,
       OUT total_usage      bigint,
       OUT codes_with_usage bigint)
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_system_stats_wrapper';

COMMENT ON FUNCTION referral_system_stats() IS
'Counts over all codes and usages; active_codes are those whose status is true. Reads each table once.';

CREATE FUNCTION referral_code_uses(
       code_uuid uuid)
RETURNS TABLE (
       used   integer,
       held   integer,
       leased integer,
       free   integer)
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_code_uses_wrapper';

COMMENT ON FUNCTION referral_code_uses(uuid) IS
'How often a code has been used, how many uses are held for people in a checkout, how many its stripes have leased for whoever comes, and how many are free, leased ones among them. No row for an unknown code.';

CREATE FUNCTION referral_normalize_code(
       code text)
RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_normalize_code_wrapper';

COMMENT ON FUNCTION referral_normalize_code(text) IS
'The text under which functions store a code, of what a person has typed: without the white space around it, in Unicode''s capitals, as far as the database''s encoding has them. It is the same for every way of typing the code, so that it can say in which of several databases a code is. A text that is longer than any code is only trimmed. Reads no table.';
