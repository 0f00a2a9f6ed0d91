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

DROP FUNCTION referral_poll_events(text, integer);

CREATE FUNCTION referral_poll_events(
       consumer text,
       max_rows integer DEFAULT 100,
       from_id  bigint DEFAULT NULL,
       lease    interval DEFAULT '1 minute')
RETURNS TABLE (
       id         bigint,
       type       text,
       payload    jsonb,
       created_at timestamptz,
       attempts   integer)
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_poll_events_from_wrapper';

COMMENT ON FUNCTION referral_poll_events(text, integer, bigint, interval) IS
'The consumer''s first events that are neither acknowledged nor leased, in the order of their ids, leased to the caller for so long by the wall clock: after that, or if the transaction rolls back, they come again, and attempts says for the how many-eth time. Workers of one consumer get different events and never wait for each other; each consumer gets every event, at least once. The order is that of writing: an event whose transaction commits late comes after newer ones. A consumer''s first poll makes it known, from the event from_id on (NULL: with all that are kept; beyond the newest: with what comes), which are filled in as it polls, a batch at a time. It waits for transactions that have written events, at most 100 ms, and nobody waits for it. Sees what is committed by now at every isolation level. Whoever LISTENs to referral_events is told when there is something new; by Postgres''s rule for NOTIFY, a transaction that has written events cannot be prepared (PREPARE TRANSACTION), unless the setting referral_notify is false. Errors: 22004 an argument but from_id is null, 22023 a blank or overlong consumer (255 characters), max_rows outside 1 to 10000, or a lease that is not longer than nothing or longer than a day; 55P03, at a first poll, where a transaction that has written events, or another worker''s first poll, stays open: the next poll tries again.';

CREATE FUNCTION referral_consumers()
RETURNS TABLE (
       consumer  text,
       pending   bigint,
       oldest    timestamptz,
       last_poll timestamptz)
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_consumers_wrapper';

COMMENT ON FUNCTION referral_consumers() IS
'Who polls for events, by name: how many events each has not acknowledged, leased or not, since when the first of them waits (NULL: none does), and when the consumer last polled, to within ten seconds (NULL: not since an older release). Reads every delivery.';

CREATE FUNCTION referral_drop_consumer(
       consumer text)
RETURNS boolean
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_drop_consumer_wrapper';

COMMENT ON FUNCTION referral_drop_consumer(text) IS
'Forgets a consumer, with what waits for it; false where there is none. Waits for polls and acknowledgements of that consumer that are under way; writers and other consumers never wait for it. Whoever polls under the name again is a new consumer. Errors: 22004 consumer is null, 22023 a blank or overlong consumer.';

COMMENT ON FUNCTION referral_prune_events(interval) IS
'Deletes the events written longer ago than keep, acknowledged or not: what a consumer has not received by then it never will. Returns how many events were deleted. An event that a running transaction is leasing or acknowledging is left for the next call. One prune runs at a time, and waits for polls that fill in what a new consumer lacks; neither writers nor polls wait for it. Errors: 22004 keep is null, 22023 keep is negative or longer than 1000 years.';
