-- The search_path is set where types and indexes are named by their short names: what setup makes and what
-- it recognises must not depend on the caller's. So with the quotes around names that need none.

CREATE FUNCTION referral_setup(
       target_schema name DEFAULT NULL,
       guards        boolean DEFAULT true,
       build_indexes boolean DEFAULT true)
RETURNS TABLE (
       object text,
       action text,
       note   text)
LANGUAGE c VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS 'MODULE_PATHNAME', 'referral_setup_tables_wrapper';

COMMENT ON FUNCTION referral_setup(name, boolean, boolean) IS
'Makes or adopts the referral tables of a schema (NULL: the setting referrals.schema), with the indexes, tables and guard triggers that go with them, and brings what an older release made to what this one wants. guards => false attaches no triggers; build_indexes => false builds no index on a table that is there, and gives the statement that does instead. Run by the tables'' owner after CREATE EXTENSION and after every upgrade; running it again changes nothing. One row an object: created, adopted, kept, changed, removed (a trigger that an older release attached), or skipped for the reason in note. Errors: 42P16 tables that cannot be adopted or that only bear the name of one of the extension''s, 3F000 no such schema, 0A000 a schema that Citus has distributed, or guards over tables that it has: the functions hold every limit without guards; nothing is changed then.';
