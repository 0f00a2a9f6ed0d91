CREATE FUNCTION referral_attach_guards(
       target_schema name DEFAULT NULL)
RETURNS TABLE (
       object text,
       action text,
       note   text)
LANGUAGE c VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS 'MODULE_PATHNAME', 'referral_attach_guards_wrapper';

COMMENT ON FUNCTION referral_attach_guards(name) IS
'Attaches the guard triggers to the referral tables of a schema (NULL: the setting referrals.schema). One row a trigger: created, kept, changed where it was disabled or an older release''s, or skipped where the trigger of that name calls a function that is not the extension''s. Errors: 0A000 tables that Citus has distributed, over which the functions hold every limit without guards.';
