-- From 0.1.0 to 0.2.0. After it: SELECT * FROM referral_setup(), in each schema with referral tables.

DROP FUNCTION referral_setup(name, boolean);

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
'Makes or adopts the referral tables of a schema (NULL: the setting referrals.schema), with the indexes, tables and guard triggers that go with them, and brings what an older release made to what this one wants. guards => false attaches no triggers; build_indexes => false builds no index on a table that is there, and gives the statement that does instead. Run by the tables'' owner after CREATE EXTENSION and after every upgrade; running it again changes nothing. One row an object: created, adopted, kept, changed, removed (a trigger that an older release attached), or skipped for the reason in note. Errors: 42P16 tables that cannot be adopted or that only bear the name of one of the extension''s, 3F000 no such schema; nothing is changed then.';

ALTER FUNCTION referral_attach_guards(name) SET quote_all_identifiers = off;
ALTER FUNCTION referral_detach(name) SET quote_all_identifiers = off;
ALTER FUNCTION referral_doctor(name) SET quote_all_identifiers = off;

COMMENT ON FUNCTION referral_doctor(name) IS
'Examines the referral tables of a schema (NULL: the setting referrals.schema) and returns one row a finding, with what to do about it; no row above info means healthy. Severity: error (data that breaks a limit), warning, info. Reads only, but reads every row.';

COMMENT ON FUNCTION referral_attach_guards(name) IS
'Attaches the guard triggers to the referral tables of a schema (NULL: the setting referrals.schema). One row a trigger: created, kept, changed where it was disabled or an older release''s, or skipped where the trigger of that name calls a function that is not the extension''s.';

CREATE FUNCTION referral_grant(
       grantee       name,
       task          text,
       target_schema name DEFAULT NULL)
RETURNS TABLE (
       object    text,
       privilege text)
LANGUAGE c VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'referral_grant_wrapper';

COMMENT ON FUNCTION referral_grant(name, text, name) IS
'Gives a role the rights that the functions of a task touch, on the referral tables of a schema (NULL: the setting referrals.schema), and no more: read, redeem (and undo), create, edit, signup, sell, review, pay, consume (events), manage (programs, settings, all of these). To be run by the tables'' owner. One row a right. Errors: 42704 no such role, 22023 no such task, 42P01 and 55000 tables that setup has yet to see to.';

CREATE FUNCTION referral_revoke(
       grantee       name,
       task          text,
       target_schema name DEFAULT NULL)
RETURNS TABLE (
       object    text,
       privilege text)
LANGUAGE c VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'referral_revoke_wrapper';

COMMENT ON FUNCTION referral_revoke(name, text, name) IS
'Takes from a role exactly the rights on tables that referral_grant gives for the task, also those that another task of the role''s needs: grant that one again. USAGE of the schemas stays. One row a right taken.';

COMMENT ON FUNCTION referral_guard_code() IS
'Trigger on codes: settles how a code is spelt before it is written, normalised or as the row has it that holds it already; locks the creator where the setting referral_guard_user_limit has the guards hold that limit.';

COMMENT ON FUNCTION referral_guard_code_written() IS
'Trigger on codes, after the row is written: holds the limits on what the statement has changed (23514, the column is named; 23505 a code that differs by case alone; RF004; RF008 where referral_guard_user_limit is true), every field rule where referral_guards_judge_all is true, and moves a code''s uses where a beneficiary brings it into the program default.';

COMMENT ON FUNCTION referral_guard_claim() IS
'Trigger on codes: keeps number_of_uses from being raised past max_uses (RF004) and from falling below 0 (23514), and notes a raise as a use that an INSERT into usage may spend in the same transaction.';

COMMENT ON FUNCTION referral_guard_usage_lock() IS
'Trigger on usage: locks the code''s row before a usage row is inserted, and knows an UPDATE that moves a row to another partition.';

COMMENT ON FUNCTION referral_guard_usage() IS
'Trigger on usage: makes a redemption of an inserted row, held to the limits (RF001 to RF005, RF015) or, where referral_guards_judge_all is true, to every rule. Spends the use that the same transaction has taken by its own UPDATE of number_of_uses, or takes one; a row of more than an hour ago is history, and fills what number_of_uses says more than there are rows first.';

COMMENT ON FUNCTION referral_guard_ledger() IS
'Trigger on rewards: refuses INSERT, UPDATE, DELETE and TRUNCATE that are not the functions'' own (42501).';

COMMENT ON FUNCTION referral_written_by_hand() IS
'Whether the statement that runs is not one of the extension''s own. A guard that fires for statements asks it; elsewhere it is always true.';

CREATE FUNCTION referral_version()
RETURNS text
LANGUAGE c STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'referral_version_wrapper';

COMMENT ON FUNCTION referral_version() IS
'The version of the library and of the extension''s scripts: one number where they are the same, both where they differ, as between an upgrade of the package and ALTER EXTENSION referrals UPDATE.';

CREATE FUNCTION referral_fact_changed()
RETURNS trigger
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_fact_changed_wrapper';

COMMENT ON FUNCTION referral_fact_changed() IS
'Trigger on settings, programs and stripes, also in replicas: tells every backend, as the transaction commits, that what it keeps of the table has changed. A redemption looks up nothing of the kind by itself where it stands.';

CREATE FUNCTION referral_facts_truncated()
RETURNS trigger
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_facts_truncated_wrapper';

COMMENT ON FUNCTION referral_facts_truncated() IS
'Trigger on settings, programs and stripes, also in replicas: what referral_fact_changed() does for a row, for TRUNCATE.';

DROP FUNCTION referral_create_codes(integer, uuid, text, integer, timestamptz, uuid, integer, text, boolean);

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

CREATE FUNCTION referral_stripe_code(
       code_uuid uuid,
       stripes   integer DEFAULT 64)
RETURNS integer
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_stripe_code_wrapper';

COMMENT ON FUNCTION referral_stripe_code(uuid, integer) IS
'Spreads a hot code over stripes, 1 to 1024, so that its redemptions wait for each other no more: each stripe leases uses of the code''s number_of_uses, which counts them, and serves them by itself. The cap is reached exactly, and functions tell uses really made. Called again with another number of stripes, it gives back what too many have leased. Gives the number of stripes. Errors: RF001 no such code, 55000 its program has max_uses_total, or usage has no unique (code_uuid, used_by_uuid).';

CREATE FUNCTION referral_unstripe_code(
       code_uuid uuid)
RETURNS integer
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_unstripe_code_wrapper';

COMMENT ON FUNCTION referral_unstripe_code(uuid) IS
'Takes a code''s stripes away and gives back what they have leased: how many uses that were. 0 for a code without stripes. Errors: RF001 no such code.';
