CREATE FUNCTION referral_stats(
       code_uuid        uuid,
       OUT total_uses   bigint,
       OUT unique_users bigint,
       OUT last_used    timestamptz,
       OUT recent_users uuid[])
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_stats_wrapper';

COMMENT ON FUNCTION referral_stats(uuid) IS
'What is written down of a code''s use: counted usages, different users, the time of the last use, and the newest five users, newest first. Always one row: zeros, NULL and {} for an unknown code.';

CREATE FUNCTION referral_list_usage_for_code(
       code_uuid  uuid,
       max_rows   integer DEFAULT NULL,
       after_uuid uuid DEFAULT NULL)
RETURNS TABLE (
       uuid         uuid,
       code_uuid    uuid,
       used_by_uuid uuid,
       date_used    timestamptz)
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_page_usage_for_code_wrapper';

COMMENT ON FUNCTION referral_list_usage_for_code(uuid, integer, uuid) IS
'The uses of a code, newest first; NULL rows means all. after_uuid is the last row of the page before, exact also where rows share a time. Errors: 22023 after_uuid names no usage, or max_rows is negative.';

CREATE FUNCTION referral_list_usage_for_user(
       user_uuid  uuid,
       max_rows   integer DEFAULT NULL,
       after_uuid uuid DEFAULT NULL)
RETURNS TABLE (
       uuid         uuid,
       code_uuid    uuid,
       used_by_uuid uuid,
       date_used    timestamptz)
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_page_usage_for_user_wrapper';

COMMENT ON FUNCTION referral_list_usage_for_user(uuid, integer, uuid) IS
'The uses by a user, newest first; NULL rows means all. after_uuid is the last row of the page before, exact also where rows share a time. Errors: 22023 after_uuid names no usage, or max_rows is negative.';

CREATE FUNCTION referral_recent_usage(
       max_rows integer DEFAULT 10)
RETURNS TABLE (
       uuid         uuid,
       code_uuid    uuid,
       used_by_uuid uuid,
       date_used    timestamptz)
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_recent_usage_wrapper';

COMMENT ON FUNCTION referral_recent_usage(integer) IS
'The newest uses of all codes, newest first.';

CREATE FUNCTION referral_user_used_code(
       user_uuid uuid,
       code_uuid uuid)
RETURNS boolean
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_user_used_code_wrapper';

COMMENT ON FUNCTION referral_user_used_code(uuid, uuid) IS
'Whether the user has used the code.';

CREATE FUNCTION referral_signup_use_exists(
       user_uuid uuid)
RETURNS boolean
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_signup_use_exists_wrapper';

COMMENT ON FUNCTION referral_signup_use_exists(uuid) IS
'Whether the user has ever used any code, whatever has become of the code since.';
