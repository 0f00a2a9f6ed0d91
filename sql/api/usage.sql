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
