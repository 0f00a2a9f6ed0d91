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
'Spreads a hot code over stripes, 1 to 1024, so that its redemptions wait for each other no more: each stripe leases uses of the code''s number_of_uses, which counts them, and serves them by itself. The cap is reached exactly, and functions tell uses really made. Called again with another number of stripes, it gives back what too many have leased. Gives the number of stripes. Where the code''s program has max_uses_total, that gets as many stripes. Errors: RF001 no such code, 55000 usage has no unique (code_uuid, used_by_uuid).';

CREATE FUNCTION referral_unstripe_code(
       code_uuid uuid)
RETURNS integer
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_unstripe_code_wrapper';

COMMENT ON FUNCTION referral_unstripe_code(uuid) IS
'Takes a code''s stripes away and gives back what they have leased: how many uses that were. 0 for a code without stripes. Errors: RF001 no such code.';

COMMENT ON FUNCTION referral_program_report(text) IS
'A program as a whole: redemptions of its codes, conversions that are neither rejected nor reversed, the share of the people who redeemed that has such a conversion (0 to 1, four decimals), what the ledger says of all users in the program''s currency, granted less reversed, and how long it took on average from a person''s first redemption to their first such conversion (NULL where there is none). Always one row. Reads each table once, and no more of it than is the program''s. Errors: 22023 no such program.';
CREATE FUNCTION referral_use_codes(
       code       text,
       user_uuids uuid[])
RETURNS TABLE (
       user_uuid  uuid,
       ok         boolean,
       reason     text,
       usage_uuid uuid)
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_use_codes_wrapper';

COMMENT ON FUNCTION referral_use_codes(text, uuid[]) IS
'Redeems a code for many users in one statement: one row each, in the order given, as if each had called referral_try_use_code in turn. A refusal is a row whose ok is false and whose reason says why; for already_used, also of a user who is named twice, the row has the earlier usage. Errors: 22004 for a NULL among the users, whose place is named, 22023 for more than 100000 of them.';

CREATE FUNCTION referral_hold_use(
       code           text,
       user_uuid      uuid,
       ttl            interval DEFAULT '15 minutes',
       OUT hold_uuid  uuid,
       OUT code_uuid  uuid,
       OUT expires_at timestamptz)
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_hold_use_wrapper';

COMMENT ON FUNCTION referral_hold_use(text, uuid, interval) IS
'Holds a use of a code for a user in a checkout: takes it at once, as referral_use_code does and with the same errors, and keeps it until referral_confirm_hold makes it, referral_release_hold gives it back, or it has expired and somebody needs it. Asking again renews the hold. 22023 for a ttl that is not longer than nothing, or longer than a year.';

CREATE FUNCTION referral_try_hold_use(
       code           text,
       user_uuid      uuid,
       ttl            interval DEFAULT '15 minutes',
       OUT ok         boolean,
       OUT reason     text,
       OUT hold_uuid  uuid,
       OUT code_uuid  uuid,
       OUT expires_at timestamptz)
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_try_hold_use_wrapper';

COMMENT ON FUNCTION referral_try_hold_use(text, uuid, interval) IS
'Holds a use as referral_hold_use does, but returns a refusal as a row: ok is false and reason says why, in the words of referral_try_use_code.';

CREATE FUNCTION referral_confirm_hold(
       hold_uuid            uuid,
       OUT usage_uuid       uuid,
       OUT code_uuid        uuid,
       OUT code             text,
       OUT used_by_uuid     uuid,
       OUT date_used        timestamptz,
       OUT beneficiary_uuid uuid,
       OUT number_of_uses   integer,
       OUT remaining_uses   integer)
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_confirm_hold_wrapper';

COMMENT ON FUNCTION referral_confirm_hold(uuid) IS
'Makes the use that is held: one row, as referral_use_code gives it, whose usage_uuid is the hold_uuid. Once more it gives the same use, so that a retry after a lost reply is safe. A hold that has expired is confirmed where its use, or another, is free. Errors: those of referral_use_code; 22023 with reason=hold_not_found where there is no such hold, any more.';

CREATE FUNCTION referral_release_hold(
       hold_uuid uuid)
RETURNS boolean
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_release_hold_wrapper';

COMMENT ON FUNCTION referral_release_hold(uuid) IS
'Gives back the use that is held. False where there is no such hold, any more, as one that was confirmed.';

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

COMMENT ON FUNCTION referral_get_code(uuid) IS
'The code with that id, or no row. remaining_uses is what the code has left, or its program where that has less, and at least 0; state is active, inactive, expired, program_not_active or limit_reached, judged at the statement''s start in the order inactive, expired, program_not_active, limit_reached, as a redemption judges.';

COMMENT ON FUNCTION referral_valid_for_use(uuid) IS
'Whether the code''s state is active at the statement''s start: that it may be used by somebody, its program included; NULL for an unknown code. A dry look: only a redemption takes a use.';

COMMENT ON FUNCTION referral_usage_limit_reached(uuid) IS
'Whether no use is left of the code, or of its program; NULL for an unknown code.';

CREATE FUNCTION referral_import_codes(
       codes           text[],
       created_by_uuid uuid,
       description     text DEFAULT 'Referral code',
       max_uses        integer DEFAULT 1,
       expiration_date timestamptz DEFAULT NULL,
       program         text DEFAULT NULL)
RETURNS TABLE (
       code    text,
       uuid    uuid,
       ok      boolean,
       message text)
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_import_codes_wrapper';

COMMENT ON FUNCTION referral_import_codes(text[], uuid, text, integer, timestamptz, text) IS
'Creates codes that somebody else has printed, and puts them into the program if one is named: one row each, in the order given, with the code as it is stored and its uuid. One that breaks a rule or is taken, also by an earlier one of the same array, is a row whose ok is false and whose message says why, in Ecto''s wording; the others are created. The limit of codes a user may create does not apply. Errors: 22023 no such program, or more than 100000 codes, 23514 description, max_uses or expiration_date break a rule (the column is named).';

CREATE FUNCTION referral_set_code_metadata(
       code_uuid uuid,
       metadata  jsonb)
RETURNS boolean
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_set_code_metadata_wrapper';

COMMENT ON FUNCTION referral_set_code_metadata(uuid, jsonb) IS
'Keeps what the application knows of a code, a JSON object, in place of what was kept before; NULL removes it. False where there is no such code. It waits for no redemption, and none for it. Errors: 22023 metadata is no object, or nested deeper than 64 levels.';

CREATE FUNCTION referral_code_metadata(
       code_uuid uuid)
RETURNS jsonb
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_code_metadata_wrapper';

COMMENT ON FUNCTION referral_code_metadata(uuid) IS
'What the application knows of a code; NULL where nothing is kept, and for an unknown code.';

CREATE FUNCTION referral_find_codes(
       filter     jsonb DEFAULT '{}',
       max_rows   integer DEFAULT 100,
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
AS 'MODULE_PATHNAME', 'referral_find_codes_wrapper';

COMMENT ON FUNCTION referral_find_codes(jsonb, integer, uuid) IS
'Codes that fit all of the filter, newest first; NULL rows means all. Keys: prefix (of the code, ignoring case), state, program (of a code that belongs to it, also by its beneficiary), created_by_uuid, beneficiary_uuid, metadata (an object that the code''s metadata contains). after_uuid is the last code of the page before. Errors: 22023 an unknown key or a value of no use in filter, after_uuid names no code, or max_rows is negative.';

DROP FUNCTION referral_assign_program(uuid, text);

CREATE FUNCTION referral_assign_program(
       code_uuid uuid,
       program   text)
RETURNS boolean
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_move_to_program_wrapper';

COMMENT ON FUNCTION referral_assign_program(uuid, text) IS
'Puts a code into a program, out of the one it was in; its uses go with it. False where it was assigned to that one: it stays as it is. It is nobody''s own code of referral_code_for after that. Errors: RF001 no such code, 22023 no such program, RF004 the program has no room for the code''s uses.';

COMMENT ON FUNCTION referral_code_for(uuid, text, text) IS
'The owner''s code in a program, made at the first call as the program''s attributes say, also before its starts_at: the same code at every call, also when several ask at once. One that has expired, is used up, or leads to somebody else by now is followed by a new one, and stays the owner''s; one that was switched off is given as it is. The owner is its beneficiary and creator; the limit of codes a user may create does not apply. Where the system limit of uses is lower than the program''s, it holds. Errors: 22023 no such program, RF013 a code would have to be made, and the program is paused, ended or over.';

DROP FUNCTION referral_list_usage_for_code(uuid, integer, timestamptz);
DROP FUNCTION referral_list_usage_for_user(uuid, integer, timestamptz);

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

DROP FUNCTION referral_require_at_signup(regclass, name);

CREATE FUNCTION referral_require_at_signup(
       users    regclass,
       user_key name DEFAULT 'uuid')
RETURNS boolean
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_attach_at_signup_wrapper';

COMMENT ON FUNCTION referral_require_at_signup(regclass, name) IS
'Attaches a deferred constraint trigger to a table of users: while the setting referral_codes_required is true, a transaction that inserts a user without a redemption of theirs fails at commit with RF011. The referral tables are those in the users'' schema or, where it has none, those that referrals.schema names now. False where the trigger was attached so already; one with another user_key is replaced. Errors: 22023 user_key is no column of type uuid.';
