CREATE FUNCTION referral_detach(
       target_schema name DEFAULT NULL)
RETURNS TABLE (
       object text,
       action text,
       note   text)
LANGUAGE c VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS 'MODULE_PATHNAME', 'referral_detach_wrapper';

COMMENT ON FUNCTION referral_detach(name) IS
'Removes the extension''s triggers from the referral tables of a schema (NULL: the setting referrals.schema) and from the tables of users that go with it, and nothing else, so that DROP EXTENSION works. One row a trigger removed.';
