CREATE FUNCTION referral_version()
RETURNS text
LANGUAGE c STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'referral_version_wrapper';

COMMENT ON FUNCTION referral_version() IS
'The version of the library and of the extension''s scripts: one number where they are the same, both where they differ, as between an upgrade of the package and ALTER EXTENSION referrals UPDATE.';
