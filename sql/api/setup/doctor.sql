CREATE FUNCTION referral_doctor(
       target_schema name DEFAULT NULL)
RETURNS TABLE (
       severity text,
       subject  text,
       finding  text,
       remedy   text)
LANGUAGE c STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS 'MODULE_PATHNAME', 'referral_doctor_wrapper';

COMMENT ON FUNCTION referral_doctor(name) IS
'Examines the referral tables of a schema (NULL: the setting referrals.schema) and returns one row a finding, with what to do about it; no row above info means healthy. Severity: error (data that breaks a limit), warning, info. Reads only, but reads every row.';
