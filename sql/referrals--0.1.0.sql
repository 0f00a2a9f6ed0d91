-- The search_path is set where types and indexes are named by their short names: what setup makes and what
-- it recognises must not depend on the caller's.

CREATE FUNCTION referral_setup(
       target_schema name DEFAULT NULL,
       guards        boolean DEFAULT true)
RETURNS TABLE (
       object text,
       action text,
       note   text)
LANGUAGE c VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'referral_setup_wrapper';

COMMENT ON FUNCTION referral_setup(name, boolean) IS
'Makes or adopts the referral tables of a schema (NULL: the setting referrals.schema), with the indexes, tables and guard triggers that go with them; guards => false attaches no triggers. Run by the tables'' owner after CREATE EXTENSION and after every upgrade; running it again changes nothing. One row an object: created, adopted, kept, or skipped for the reason in note. Errors: 42P16 tables that cannot be adopted, 3F000 no such schema; nothing is changed then.';

CREATE FUNCTION referral_doctor(
       target_schema name DEFAULT NULL)
RETURNS TABLE (
       severity text,
       subject  text,
       finding  text,
       remedy   text)
LANGUAGE c STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'referral_doctor_wrapper';

COMMENT ON FUNCTION referral_doctor(name) IS
'Examines the referral tables of a schema (NULL: the setting referrals.schema) and returns one row a finding, with what to do about it; no row means healthy. Severity: error (data that breaks a limit), warning, info. Reads only, but reads every row.';

CREATE FUNCTION referral_attach_guards(
       target_schema name DEFAULT NULL)
RETURNS TABLE (
       object text,
       action text,
       note   text)
LANGUAGE c VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'referral_attach_guards_wrapper';

COMMENT ON FUNCTION referral_attach_guards(name) IS
'Attaches the guard triggers to the referral tables of a schema (NULL: the setting referrals.schema). One row a trigger: created or kept.';

CREATE FUNCTION referral_detach(
       target_schema name DEFAULT NULL)
RETURNS TABLE (
       object text,
       action text,
       note   text)
LANGUAGE c VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'referral_detach_wrapper';

COMMENT ON FUNCTION referral_detach(name) IS
'Removes the extension''s triggers from the referral tables of a schema (NULL: the setting referrals.schema) and from the tables of users that go with it, and nothing else, so that DROP EXTENSION works. One row a trigger removed.';

CREATE FUNCTION referral_written_by_hand()
RETURNS boolean
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_written_by_hand_wrapper';

COMMENT ON FUNCTION referral_written_by_hand() IS
'Whether the statement that runs is not one of the extension''s own. The guards ask it before they fire; elsewhere it is always true.';

CREATE FUNCTION referral_guard_code()
RETURNS trigger
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_guard_code_wrapper';

COMMENT ON FUNCTION referral_guard_code() IS
'Trigger on codes: normalises the code, holds the field rules for values that change (23514, the column is named; 23505 a code that differs by case alone).';

CREATE FUNCTION referral_guard_code_written()
RETURNS trigger
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_guard_code_written_wrapper';

COMMENT ON FUNCTION referral_guard_code_written() IS
'Trigger on codes, after the row is written: holds the limit of codes a user may create (RF008), and moves a code''s uses where a beneficiary brings it into the program default.';

CREATE FUNCTION referral_guard_claim()
RETURNS trigger
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_guard_claim_wrapper';

COMMENT ON FUNCTION referral_guard_claim() IS
'Trigger on codes: keeps number_of_uses from being raised past max_uses (RF004), and notes a raise as a use that an INSERT into usage may spend in the same transaction.';

CREATE FUNCTION referral_guard_usage_lock()
RETURNS trigger
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_guard_usage_lock_wrapper';

COMMENT ON FUNCTION referral_guard_usage_lock() IS
'Trigger on usage: locks the code''s row before a usage row is inserted.';

CREATE FUNCTION referral_guard_usage()
RETURNS trigger
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_guard_usage_wrapper';

COMMENT ON FUNCTION referral_guard_usage() IS
'Trigger on usage: makes a redemption of an inserted row, with every refusal of referral_use_code. Spends the use that the same transaction has taken by its own UPDATE of number_of_uses, or takes one.';

CREATE FUNCTION referral_guard_ledger()
RETURNS trigger
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_guard_ledger_wrapper';

COMMENT ON FUNCTION referral_guard_ledger() IS
'Trigger on rewards: refuses UPDATE, DELETE and TRUNCATE (42501).';

CREATE FUNCTION referral_generate_code(
       length   integer DEFAULT 5,
       alphabet text DEFAULT NULL,
       prefix   text DEFAULT NULL)
RETURNS text
LANGUAGE c VOLATILE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_generate_code_wrapper';

COMMENT ON FUNCTION referral_generate_code(integer, text, text) IS
'A random code: prefix and so many letters of the alphabet (NULL: capital letters and digits without 0 O 1 I), drawn without bias by a cryptographic generator. Whether it is unused is not asked. Errors: 22023 a length outside 1 to 50, an alphabet that is not 2 to 256 different characters, or more than 50 characters together.';

CREATE FUNCTION referral_generate_unique_code(
       attempts integer DEFAULT 10)
RETURNS text
LANGUAGE c VOLATILE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_generate_unique_code_wrapper';

COMMENT ON FUNCTION referral_generate_unique_code(integer) IS
'A random code of five letters that no row holds at the time of asking. Errors: RF010 when all attempts drew codes in use, 22023 for attempts outside 1 to 1000.';

CREATE FUNCTION referral_create_code(
       created_by_uuid      uuid,
       code                 text DEFAULT NULL,
       description          text DEFAULT 'Referral code',
       max_uses             integer DEFAULT NULL,
       beneficiary_uuid     uuid DEFAULT NULL,
       expiration_date      timestamptz DEFAULT NULL,
       status               boolean DEFAULT true,
       OUT uuid             uuid,
       OUT code             text,
       OUT description      text,
       OUT status           boolean,
       OUT number_of_uses   integer,
       OUT max_uses         integer,
       OUT created_by_uuid  uuid,
       OUT beneficiary_uuid uuid,
       OUT date_created     timestamptz,
       OUT expiration_date  timestamptz,
       OUT remaining_uses   integer,
       OUT state            text)
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_create_code_wrapper';

COMMENT ON FUNCTION referral_create_code(uuid, text, text, integer, uuid, timestamptz, boolean) IS
'Creates a code and returns its row. No code: a random one. No max_uses: the setting max_number_of_uses_per_code, at most 100. Errors: 23505 the code is taken (ignoring case), 23514 a field breaks a rule (the column is named), RF008 the creator holds as many codes as max_number_of_codes_per_user allows, RF010 no unused code was found.';

CREATE FUNCTION referral_get_code(
       code_uuid uuid)
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
AS 'MODULE_PATHNAME', 'referral_get_code_wrapper';

COMMENT ON FUNCTION referral_get_code(uuid) IS
'The code with that id, or no row. remaining_uses is at least 0; state is active, inactive, expired or limit_reached, judged in the order inactive, expired, limit_reached at the statement''s start.';

CREATE FUNCTION referral_get_code_strict(
       code_uuid            uuid,
       OUT uuid             uuid,
       OUT code             text,
       OUT description      text,
       OUT status           boolean,
       OUT number_of_uses   integer,
       OUT max_uses         integer,
       OUT created_by_uuid  uuid,
       OUT beneficiary_uuid uuid,
       OUT date_created     timestamptz,
       OUT expiration_date  timestamptz,
       OUT remaining_uses   integer,
       OUT state            text)
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_get_code_strict_wrapper';

COMMENT ON FUNCTION referral_get_code_strict(uuid) IS
'The code with that id. Errors: RF001 there is none.';

CREATE FUNCTION referral_get_code_by_string(
       code text)
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
AS 'MODULE_PATHNAME', 'referral_get_code_by_string_wrapper';

COMMENT ON FUNCTION referral_get_code_by_string(text) IS
'The code that a person would mean by that text, or no row: surrounding space and case are ignored, and of several codes that differ by case alone the oldest is returned.';

CREATE FUNCTION referral_valid_for_use(
       code_uuid uuid)
RETURNS boolean
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_valid_for_use_wrapper';

COMMENT ON FUNCTION referral_valid_for_use(uuid) IS
'Whether the code is active, unexpired and below its limit at the statement''s start; NULL for an unknown code. A dry look: only a redemption takes a use.';

CREATE FUNCTION referral_expired(
       code_uuid uuid)
RETURNS boolean
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_expired_wrapper';

COMMENT ON FUNCTION referral_expired(uuid) IS
'Whether the code''s expiration_date is not after the statement''s start; NULL for an unknown code.';

CREATE FUNCTION referral_usage_limit_reached(
       code_uuid uuid)
RETURNS boolean
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_usage_limit_reached_wrapper';

COMMENT ON FUNCTION referral_usage_limit_reached(uuid) IS
'Whether number_of_uses has reached max_uses; NULL for an unknown code.';

CREATE FUNCTION referral_create_codes(
       count              integer,
       created_by_uuid    uuid,
       description        text DEFAULT 'Referral code',
       max_uses           integer DEFAULT 1,
       expiration_date    timestamptz DEFAULT NULL,
       beneficiary_uuid   uuid DEFAULT NULL,
       length             integer DEFAULT 10,
       prefix             text DEFAULT NULL,
       enforce_user_limit boolean DEFAULT true)
RETURNS SETOF text
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_create_codes_wrapper';

COMMENT ON FUNCTION referral_create_codes(integer, uuid, text, integer, timestamptz, uuid, integer, text, boolean) IS
'Creates exactly so many different random codes (prefix and so many letters) and returns them, or fails whole. Works in bounded memory and can be cancelled. Errors: 22023 a count that is more than half of the codes of that length, RF008 more codes than the creator may have (enforce_user_limit => false lets them be), 23514 a field breaks a rule.';

CREATE FUNCTION referral_update_code(
       code_uuid            uuid,
       changes              jsonb,
       OUT uuid             uuid,
       OUT code             text,
       OUT description      text,
       OUT status           boolean,
       OUT number_of_uses   integer,
       OUT max_uses         integer,
       OUT created_by_uuid  uuid,
       OUT beneficiary_uuid uuid,
       OUT date_created     timestamptz,
       OUT expiration_date  timestamptz,
       OUT remaining_uses   integer,
       OUT state            text)
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_update_code_wrapper';

COMMENT ON FUNCTION referral_update_code(uuid, jsonb) IS
'Changes a code and returns its row. Keys of changes are column names: code, description, status, max_uses, created_by_uuid, beneficiary_uuid, date_created, expiration_date. A rule applies only to a value that changes, so that an expired code, or one over a lowered limit, stays editable. Errors: RF001 no such code, 22023 an unknown key, 23514 a field breaks a rule, 23505 the code is taken, RF008 the new creator has as many codes as allowed.';

CREATE FUNCTION referral_delete_code(
       code_uuid uuid)
RETURNS boolean
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_delete_code_wrapper';

COMMENT ON FUNCTION referral_delete_code(uuid) IS
'Deletes a code and its usage rows; false where there was none.';

CREATE FUNCTION referral_deactivate_code(
       code text)
RETURNS boolean
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_deactivate_code_wrapper';

COMMENT ON FUNCTION referral_deactivate_code(text) IS
'Sets status to false, so that the code is refused with RF002; false where there is no such code.';

CREATE FUNCTION referral_code_errors(
       attributes jsonb,
       code_uuid  uuid DEFAULT NULL)
RETURNS TABLE (
       field   text,
       message text)
LANGUAGE c STABLE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_code_errors_wrapper';

COMMENT ON FUNCTION referral_code_errors(jsonb, uuid) IS
'A dry run of referral_create_code or, with a code_uuid, of referral_update_code: every rule that the attributes break, in Ecto''s wording. No row means valid at the time of asking. Errors: RF001 no such code.';

CREATE FUNCTION referral_list_codes(
       max_rows   integer DEFAULT NULL,
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
AS 'MODULE_PATHNAME', 'referral_list_codes_wrapper';

COMMENT ON FUNCTION referral_list_codes(integer, uuid) IS
'Codes, newest first; NULL rows means all. after_uuid is the last code of the page before. Errors: 22023 after_uuid names no code, or max_rows is negative.';

CREATE FUNCTION referral_list_valid_codes(
       max_rows   integer DEFAULT NULL,
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
AS 'MODULE_PATHNAME', 'referral_list_valid_codes_wrapper';

COMMENT ON FUNCTION referral_list_valid_codes(integer, uuid) IS
'As referral_list_codes, but only codes whose state is active.';

CREATE FUNCTION referral_top_codes(
       max_rows integer DEFAULT 5)
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
AS 'MODULE_PATHNAME', 'referral_top_codes_wrapper';

COMMENT ON FUNCTION referral_top_codes(integer) IS
'The codes with the most uses, most used first; codes without a use are left out.';

CREATE FUNCTION referral_count_user_codes(
       user_uuid uuid)
RETURNS bigint
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_count_user_codes_wrapper';

COMMENT ON FUNCTION referral_count_user_codes(uuid) IS
'How many codes the user has created.';

CREATE FUNCTION referral_validate_user_code_limit(
       user_uuid uuid)
RETURNS boolean
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_validate_user_code_limit_wrapper';

COMMENT ON FUNCTION referral_validate_user_code_limit(uuid) IS
'Whether the user may create one more code, by the setting max_number_of_codes_per_user. A dry look: only a creation holds the limit.';

CREATE FUNCTION referral_system_stats(
       OUT total_codes      bigint,
       OUT active_codes     bigint,
       OUT total_usage      bigint,
       OUT codes_with_usage bigint)
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_system_stats_wrapper';

COMMENT ON FUNCTION referral_system_stats() IS
'Counts over all codes and usages; active_codes are those whose status is true. Reads each table once.';

CREATE FUNCTION referral_use_code(
       code                 text,
       user_uuid            uuid,
       OUT usage_uuid       uuid,
       OUT code_uuid        uuid,
       OUT code             text,
       OUT used_by_uuid     uuid,
       OUT date_used        timestamptz,
       OUT beneficiary_uuid uuid,
       OUT number_of_uses   integer,
       OUT remaining_uses   integer)
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_use_code_wrapper';

COMMENT ON FUNCTION referral_use_code(text, uuid) IS
'Redeems a code for a user: takes one use and writes the usage row, in the caller''s transaction. One row, or an error and nothing changed. Errors, judged in this order: RF007 referral codes are switched off, RF001 no such code, RF005 this user has used it, RF002 inactive, RF003 expired, RF013 its program is not active, RF006 the user is its beneficiary, RF015 this user has redeemed another code of its program, RF004 no use left in the code or its program. DETAIL is reason=...; under REPEATABLE READ and SERIALIZABLE 40001 asks for a retry.';

CREATE FUNCTION referral_try_use_code(
       code                 text,
       user_uuid            uuid,
       OUT ok               boolean,
       OUT reason           text,
       OUT usage_uuid       uuid,
       OUT code_uuid        uuid,
       OUT date_used        timestamptz,
       OUT beneficiary_uuid uuid,
       OUT remaining_uses   integer)
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_try_use_code_wrapper';

COMMENT ON FUNCTION referral_try_use_code(text, uuid) IS
'Redeems a code for a user as referral_use_code does, but returns a refusal as a row: ok is false and reason says why (system_disabled, code_not_found, already_used, code_inactive, code_expired, program_not_active, self_referral, already_referred, usage_limit_reached). For already_used the row names the earlier usage, so that a retry after a lost reply is safe.';

CREATE FUNCTION referral_undo_use(
       usage_uuid uuid)
RETURNS boolean
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_undo_use_wrapper';

COMMENT ON FUNCTION referral_undo_use(uuid) IS
'Gives a use back: the usage row goes and the counter falls by one, under the code''s lock. False where there is no such usage.';

CREATE FUNCTION referral_validate_code(
       code               text,
       user_uuid          uuid DEFAULT NULL,
       OUT valid          boolean,
       OUT reason         text,
       OUT message        text,
       OUT referrer_uuid  uuid,
       OUT remaining_uses integer)
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_validate_code_wrapper';

COMMENT ON FUNCTION referral_validate_code(text, uuid) IS
'Dry run of a redemption: whether the user (NULL: somebody new) could redeem the code now, why not, and a sentence to show. Takes nothing: only a redemption is a promise.';

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
       code_uuid uuid,
       max_rows  integer DEFAULT NULL,
       before    timestamptz DEFAULT NULL)
RETURNS TABLE (
       uuid         uuid,
       code_uuid    uuid,
       used_by_uuid uuid,
       date_used    timestamptz)
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_list_usage_for_code_wrapper';

COMMENT ON FUNCTION referral_list_usage_for_code(uuid, integer, timestamptz) IS
'The uses of a code, newest first; before is the date_used of the last row of the page before.';

CREATE FUNCTION referral_list_usage_for_user(
       user_uuid uuid,
       max_rows  integer DEFAULT NULL,
       before    timestamptz DEFAULT NULL)
RETURNS TABLE (
       uuid         uuid,
       code_uuid    uuid,
       used_by_uuid uuid,
       date_used    timestamptz)
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_list_usage_for_user_wrapper';

COMMENT ON FUNCTION referral_list_usage_for_user(uuid, integer, timestamptz) IS
'The uses by a user, newest first; before is the date_used of the last row of the page before.';

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

CREATE FUNCTION referral_enabled()
RETURNS boolean
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_enabled_wrapper';

COMMENT ON FUNCTION referral_enabled() IS
'Whether referral codes are switched on: the setting referral_codes_enabled, false where absent.';

CREATE FUNCTION referral_enable_system()
RETURNS boolean
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_enable_system_wrapper';

COMMENT ON FUNCTION referral_enable_system() IS
'Switches referral codes on; returns true.';

CREATE FUNCTION referral_disable_system()
RETURNS boolean
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_disable_system_wrapper';

COMMENT ON FUNCTION referral_disable_system() IS
'Switches referral codes off: every redemption is refused with RF007; returns false.';

CREATE FUNCTION referral_required()
RETURNS boolean
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_required_wrapper';

COMMENT ON FUNCTION referral_required() IS
'Whether registration needs a code: the setting referral_codes_required, false where absent.';

CREATE FUNCTION referral_set_required(
       required boolean)
RETURNS boolean
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_set_required_wrapper';

COMMENT ON FUNCTION referral_set_required(boolean) IS
'Sets whether registration needs a code; returns the value now.';

CREATE FUNCTION referral_grandfather_existing()
RETURNS boolean
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_grandfather_existing_wrapper';

COMMENT ON FUNCTION referral_grandfather_existing() IS
'Whether accounts from before codes were required keep their access: the setting referral_grandfather_existing, true where absent. The host''s gate reads it.';

CREATE FUNCTION referral_set_grandfather_existing(
       value boolean)
RETURNS boolean
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_set_grandfather_existing_wrapper';

COMMENT ON FUNCTION referral_set_grandfather_existing(boolean) IS
'Sets whether accounts from before codes were required keep their access; returns the value now.';

CREATE FUNCTION referral_max_uses_per_code()
RETURNS integer
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_max_uses_per_code_wrapper';

COMMENT ON FUNCTION referral_max_uses_per_code() IS
'The most uses a new code may have: the setting max_number_of_uses_per_code, 100 where absent.';

CREATE FUNCTION referral_set_max_uses_per_code(
       max_uses integer)
RETURNS integer
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_set_max_uses_per_code_wrapper';

COMMENT ON FUNCTION referral_set_max_uses_per_code(integer) IS
'Sets the most uses a new code may have; returns the value now. Codes that have more keep them. Errors: 22023 not positive.';

CREATE FUNCTION referral_max_codes_per_user()
RETURNS integer
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_max_codes_per_user_wrapper';

COMMENT ON FUNCTION referral_max_codes_per_user() IS
'How many codes one user may create: the setting max_number_of_codes_per_user, 10 where absent.';

CREATE FUNCTION referral_set_max_codes_per_user(
       max_codes integer)
RETURNS integer
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_set_max_codes_per_user_wrapper';

COMMENT ON FUNCTION referral_set_max_codes_per_user(integer) IS
'Sets how many codes one user may create; returns the value now. Errors: 22023 not positive.';

CREATE FUNCTION referral_config(
       OUT enabled            boolean,
       OUT required           boolean,
       OUT max_uses_per_code  integer,
       OUT max_codes_per_user integer)
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_config_wrapper';

COMMENT ON FUNCTION referral_config() IS
'The four settings in one row.';

CREATE FUNCTION referral_check_signup(
       code          text,
       client_key    text DEFAULT NULL,
       OUT ok        boolean,
       OUT code_uuid uuid,
       OUT message   text)
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_check_signup_wrapper';

COMMENT ON FUNCTION referral_check_signup(text, text) IS
'Checks the code that a person typed who wants to sign up, and takes no use. Every unusable code gets the same message, so that it tells nobody which codes exist. Where client_key names the client (an address, a session), more checks a minute than the setting referral_check_limit (20) are refused. Refusals are returned, never raised, so that the count of attempts is kept.';

CREATE FUNCTION referral_require_at_signup(
       users    regclass,
       user_key name DEFAULT 'uuid')
RETURNS void
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_require_at_signup_wrapper';

COMMENT ON FUNCTION referral_require_at_signup(regclass, name) IS
'Attaches a deferred constraint trigger to a table of users: while the setting referral_codes_required is true, a transaction that inserts a user without a redemption of theirs fails at commit with RF011. The referral tables are those in the users'' schema or, where it has none, those that referrals.schema names now. Errors: 22023 user_key is no column of type uuid.';

CREATE FUNCTION referral_unrequire_at_signup(
       users regclass)
RETURNS boolean
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_unrequire_at_signup_wrapper';

COMMENT ON FUNCTION referral_unrequire_at_signup(regclass) IS
'Removes the trigger of referral_require_at_signup; false where there was none.';

CREATE FUNCTION referral_guard_signup()
RETURNS trigger
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_guard_signup_wrapper';

COMMENT ON FUNCTION referral_guard_signup() IS
'Constraint trigger on users: refuses a user without a redemption while codes are required (RF011).';

CREATE FUNCTION referral_create_program(
       key                      text,
       attributes               jsonb DEFAULT '{}',
       OUT key                  text,
       OUT name                 text,
       OUT status               text,
       OUT starts_at            timestamptz,
       OUT ends_at              timestamptz,
       OUT code_length          integer,
       OUT code_alphabet        text,
       OUT code_prefix          text,
       OUT max_uses_per_code    integer,
       OUT max_uses_total       integer,
       OUT number_of_uses       integer,
       OUT codes_expire_after   interval,
       OUT referrer_reward      numeric,
       OUT referee_reward       numeric,
       OUT currency             text,
       OUT min_purchase         numeric,
       OUT first_purchase_only  boolean,
       OUT one_code_per_referee boolean,
       OUT attribution_window   interval,
       OUT hold_period          interval,
       OUT requires_approval    boolean,
       OUT metadata             jsonb,
       OUT created_at           timestamptz,
       OUT updated_at           timestamptz)
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_create_program_wrapper';

COMMENT ON FUNCTION referral_create_program(text, jsonb) IS
'Creates a program. Attributes, with their defaults: name (the key), status active (or paused, ended), starts_at and ends_at null, code_length 8, code_alphabet (capitals and digits without 0 O 1 I), code_prefix '''', max_uses_per_code 10, max_uses_total null (a cap over all codes of the program), codes_expire_after null, referrer_reward 10, referee_reward 10, currency USD, min_purchase 10, first_purchase_only true, one_code_per_referee true (a user who has redeemed one code of the program is refused another), attribution_window null (how long after the redemption a purchase counts), hold_period 0 (how long a reward is held), requires_approval false, metadata {}. Errors: 23505 the key is taken, 23514 a value breaks a rule, 22023 an unknown attribute.';

CREATE FUNCTION referral_update_program(
       key                      text,
       changes                  jsonb,
       OUT key                  text,
       OUT name                 text,
       OUT status               text,
       OUT starts_at            timestamptz,
       OUT ends_at              timestamptz,
       OUT code_length          integer,
       OUT code_alphabet        text,
       OUT code_prefix          text,
       OUT max_uses_per_code    integer,
       OUT max_uses_total       integer,
       OUT number_of_uses       integer,
       OUT codes_expire_after   interval,
       OUT referrer_reward      numeric,
       OUT referee_reward       numeric,
       OUT currency             text,
       OUT min_purchase         numeric,
       OUT first_purchase_only  boolean,
       OUT one_code_per_referee boolean,
       OUT attribution_window   interval,
       OUT hold_period          interval,
       OUT requires_approval    boolean,
       OUT metadata             jsonb,
       OUT created_at           timestamptz,
       OUT updated_at           timestamptz)
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_update_program_wrapper';

COMMENT ON FUNCTION referral_update_program(text, jsonb) IS
'Changes attributes of a program; rewards that were promised or granted before stay as they are. Setting max_uses_total where it was null waits for redemptions under way and holds new ones until the transaction ends. Errors: 22023 no such program or an unknown attribute, 23514 a value breaks a rule, 40001 another session took the cap away meanwhile: try again.';

CREATE FUNCTION referral_get_program(
       key text)
RETURNS TABLE (
       key                  text,
       name                 text,
       status               text,
       starts_at            timestamptz,
       ends_at              timestamptz,
       code_length          integer,
       code_alphabet        text,
       code_prefix          text,
       max_uses_per_code    integer,
       max_uses_total       integer,
       number_of_uses       integer,
       codes_expire_after   interval,
       referrer_reward      numeric,
       referee_reward       numeric,
       currency             text,
       min_purchase         numeric,
       first_purchase_only  boolean,
       one_code_per_referee boolean,
       attribution_window   interval,
       hold_period          interval,
       requires_approval    boolean,
       metadata             jsonb,
       created_at           timestamptz,
       updated_at           timestamptz)
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_get_program_wrapper';

COMMENT ON FUNCTION referral_get_program(text) IS
'The program, or no row. number_of_uses counts the uses of all its codes while max_uses_total is set, and is 0 otherwise.';

CREATE FUNCTION referral_list_programs()
RETURNS TABLE (
       key                  text,
       name                 text,
       status               text,
       starts_at            timestamptz,
       ends_at              timestamptz,
       code_length          integer,
       code_alphabet        text,
       code_prefix          text,
       max_uses_per_code    integer,
       max_uses_total       integer,
       number_of_uses       integer,
       codes_expire_after   interval,
       referrer_reward      numeric,
       referee_reward       numeric,
       currency             text,
       min_purchase         numeric,
       first_purchase_only  boolean,
       one_code_per_referee boolean,
       attribution_window   interval,
       hold_period          interval,
       requires_approval    boolean,
       metadata             jsonb,
       created_at           timestamptz,
       updated_at           timestamptz)
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_list_programs_wrapper';

COMMENT ON FUNCTION referral_list_programs() IS
'All programs, oldest first.';

CREATE FUNCTION referral_code_for(
       owner_uuid           uuid,
       program              text DEFAULT 'default',
       owner_type           text DEFAULT 'user',
       OUT uuid             uuid,
       OUT code             text,
       OUT description      text,
       OUT status           boolean,
       OUT number_of_uses   integer,
       OUT max_uses         integer,
       OUT created_by_uuid  uuid,
       OUT beneficiary_uuid uuid,
       OUT date_created     timestamptz,
       OUT expiration_date  timestamptz,
       OUT remaining_uses   integer,
       OUT state            text)
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_code_for_wrapper';

COMMENT ON FUNCTION referral_code_for(uuid, text, text) IS
'The owner''s code in a program, made at the first call as the program''s attributes say: the same code at every call, also when several ask at once. The owner is its beneficiary and creator; the limit of codes a user may create does not apply. Where the system limit of uses is lower than the program''s, it holds. Errors: 22023 no such program, RF013 a code would have to be made and the program is not active.';

CREATE FUNCTION referral_assign_program(
       code_uuid uuid,
       program   text)
RETURNS void
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_assign_program_wrapper';

COMMENT ON FUNCTION referral_assign_program(uuid, text) IS
'Puts a code into a program, out of the one it was in; its uses go with it. It is nobody''s own code of referral_code_for after that; one that is there already stays as it is. Errors: RF001 no such code, 22023 no such program, RF004 the program has no room for the code''s uses.';

CREATE FUNCTION referral_resolve(
       code text)
RETURNS TABLE (
       referrer_uuid uuid,
       owner_type    text,
       code_uuid     uuid,
       program       text)
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_resolve_wrapper';

COMMENT ON FUNCTION referral_resolve(text) IS
'Whose code that is, and in which program. No row for an unknown or deactivated code, and for one without a beneficiary. A code with a beneficiary that was never assigned belongs to the program default.';

CREATE FUNCTION referral_attribute_sale(
       code         text,
       referee_uuid uuid,
       source_ref   text,
       source_type  text DEFAULT 'order',
       amount       numeric DEFAULT NULL,
       currency     text DEFAULT NULL)
RETURNS TABLE (
       uuid            uuid,
       program         text,
       code_uuid       uuid,
       referrer_uuid   uuid,
       owner_type      text,
       referee_uuid    uuid,
       source_type     text,
       source_ref      text,
       amount          numeric,
       currency        text,
       status          text,
       rewarded        boolean,
       reason          text,
       referrer_reward numeric,
       referee_reward  numeric,
       converted_at    timestamptz,
       decided_at      timestamptz,
       decided_by      uuid,
       decision_reason text)
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_attribute_sale_wrapper';

COMMENT ON FUNCTION referral_attribute_sale(text, uuid, text, text, numeric, text) IS
'Records a sale that carries a code. It is no redemption: no usage row, no cap of uses. No row for an unknown, inactive or expired code and for one without a beneficiary: the sale goes on. rewarded and reason say whether the program rewards it (rewarded, pending_review, below_minimum, not_first_purchase, currency_mismatch, program_not_active); without an amount no minimum is met, without a currency it is the program''s. A repeat for the same source_type and source_ref returns the first row. Errors: RF014 a repeat with another code, referee, amount or currency, RF006 the buyer''s own code, 22023 an argument out of range.';

CREATE FUNCTION referral_record_purchase(
       referee_uuid        uuid,
       source_ref          text,
       amount              numeric,
       currency            text DEFAULT 'USD',
       source_type         text DEFAULT 'order',
       OUT rewarded        boolean,
       OUT reason          text,
       OUT conversion_uuid uuid,
       OUT referrer_uuid   uuid,
       OUT referrer_reward numeric,
       OUT referee_reward  numeric)
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_record_purchase_wrapper';

COMMENT ON FUNCTION referral_record_purchase(uuid, text, numeric, text, text) IS
'For the payment webhook: finds the earliest redemption of the buyer whose code has a referrer, applies the rules of its program, records the conversion and rewards both sides, all or nothing, once however often the webhook repeats. Reasons: rewarded, pending_review (recorded, a reviewer has the last word), duplicate (recorded before: the row names the first), and without any record not_referred, program_not_active, outside_window, currency_mismatch, below_minimum, not_first_purchase. Amounts are in the program''s currency. Errors: RF014 the source was recorded with another referee, amount or currency, 22023 an argument out of range.';

CREATE FUNCTION referral_list_for_referrer(
       referrer_uuid uuid,
       status        text DEFAULT NULL,
       max_rows      integer DEFAULT 50,
       before        timestamptz DEFAULT NULL)
RETURNS TABLE (
       uuid            uuid,
       program         text,
       code_uuid       uuid,
       referrer_uuid   uuid,
       owner_type      text,
       referee_uuid    uuid,
       source_type     text,
       source_ref      text,
       amount          numeric,
       currency        text,
       status          text,
       rewarded        boolean,
       reason          text,
       referrer_reward numeric,
       referee_reward  numeric,
       converted_at    timestamptz,
       decided_at      timestamptz,
       decided_by      uuid,
       decision_reason text)
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_list_for_referrer_wrapper';

COMMENT ON FUNCTION referral_list_for_referrer(uuid, text, integer, timestamptz) IS
'The conversions of a referrer, newest first; of one status where it is given, and older than before for the next page. Errors: 22023 no such status.';

CREATE FUNCTION referral_recent_conversions(
       max_rows integer DEFAULT 20)
RETURNS TABLE (
       uuid            uuid,
       program         text,
       code_uuid       uuid,
       referrer_uuid   uuid,
       owner_type      text,
       referee_uuid    uuid,
       source_type     text,
       source_ref      text,
       amount          numeric,
       currency        text,
       status          text,
       rewarded        boolean,
       reason          text,
       referrer_reward numeric,
       referee_reward  numeric,
       converted_at    timestamptz,
       decided_at      timestamptz,
       decided_by      uuid,
       decision_reason text)
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_recent_conversions_wrapper';

COMMENT ON FUNCTION referral_recent_conversions(integer) IS
'The newest conversions of all programs, newest first.';

CREATE FUNCTION referral_balance(
       user_uuid uuid)
RETURNS TABLE (
       currency  text,
       earned    numeric,
       available numeric,
       held      numeric,
       reversed  numeric)
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_balance_wrapper';

COMMENT ON FUNCTION referral_balance(uuid) IS
'What the ledger says of a user, a row for each currency: earned (granted less reversed) is available (its hold period is over) plus held; reversed is what was taken back.';

CREATE FUNCTION referral_approve(
       conversion_uuid     uuid,
       decided_by          uuid,
       reason              text DEFAULT NULL,
       OUT uuid            uuid,
       OUT program         text,
       OUT code_uuid       uuid,
       OUT referrer_uuid   uuid,
       OUT owner_type      text,
       OUT referee_uuid    uuid,
       OUT source_type     text,
       OUT source_ref      text,
       OUT amount          numeric,
       OUT currency        text,
       OUT status          text,
       OUT rewarded        boolean,
       OUT reason          text,
       OUT referrer_reward numeric,
       OUT referee_reward  numeric,
       OUT converted_at    timestamptz,
       OUT decided_at      timestamptz,
       OUT decided_by      uuid,
       OUT decision_reason text)
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_approve_wrapper';

COMMENT ON FUNCTION referral_approve(uuid, uuid, text) IS
'Approves a conversion, and grants the rewards that waited for it. Errors: RF012 its status is not converted, or it has a chain of approvals; 22023 no such conversion.';

CREATE FUNCTION referral_reject(
       conversion_uuid     uuid,
       decided_by          uuid,
       reason              text DEFAULT NULL,
       OUT uuid            uuid,
       OUT program         text,
       OUT code_uuid       uuid,
       OUT referrer_uuid   uuid,
       OUT owner_type      text,
       OUT referee_uuid    uuid,
       OUT source_type     text,
       OUT source_ref      text,
       OUT amount          numeric,
       OUT currency        text,
       OUT status          text,
       OUT rewarded        boolean,
       OUT reason          text,
       OUT referrer_reward numeric,
       OUT referee_reward  numeric,
       OUT converted_at    timestamptz,
       OUT decided_at      timestamptz,
       OUT decided_by      uuid,
       OUT decision_reason text)
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_reject_wrapper';

COMMENT ON FUNCTION referral_reject(uuid, uuid, text) IS
'Rejects a conversion; rewards that were granted without a review are taken back. Errors: RF012 its status is not converted; 22023 no such conversion.';

CREATE FUNCTION referral_reverse(
       conversion_uuid     uuid,
       reason              text,
       amount              numeric DEFAULT NULL,
       OUT uuid            uuid,
       OUT program         text,
       OUT code_uuid       uuid,
       OUT referrer_uuid   uuid,
       OUT owner_type      text,
       OUT referee_uuid    uuid,
       OUT source_type     text,
       OUT source_ref      text,
       OUT amount          numeric,
       OUT currency        text,
       OUT status          text,
       OUT rewarded        boolean,
       OUT reason          text,
       OUT referrer_reward numeric,
       OUT referee_reward  numeric,
       OUT converted_at    timestamptz,
       OUT decided_at      timestamptz,
       OUT decided_by      uuid,
       OUT decision_reason text)
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_reverse_wrapper';

COMMENT ON FUNCTION referral_reverse(uuid, text, numeric) IS
'Takes rewards back, as for a refund: from each side what is left of its grant, or at most amount of it, by a negative row of the ledger that names the grant. The conversion is reversed once nothing is left; until then a part may be taken back as often as needed. Errors: RF012 it is rejected or reversed; 22023 no such conversion, or an amount that is not positive or where nothing has been granted.';

CREATE FUNCTION referral_require_approvals(
       conversion_uuid     uuid,
       steps               jsonb,
       OUT uuid            uuid,
       OUT program         text,
       OUT code_uuid       uuid,
       OUT referrer_uuid   uuid,
       OUT owner_type      text,
       OUT referee_uuid    uuid,
       OUT source_type     text,
       OUT source_ref      text,
       OUT amount          numeric,
       OUT currency        text,
       OUT status          text,
       OUT rewarded        boolean,
       OUT reason          text,
       OUT referrer_reward numeric,
       OUT referee_reward  numeric,
       OUT converted_at    timestamptz,
       OUT decided_at      timestamptz,
       OUT decided_by      uuid,
       OUT decision_reason text)
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_require_approvals_wrapper';

COMMENT ON FUNCTION referral_require_approvals(uuid, jsonb) IS
'Asks for a chain of approvals: steps in their order, each {"id": text, "approvers": [uuid, ...], "quorum": number}. May be asked anew until the first decision. Errors: RF012 the conversion is not in status converted, or decisions have been made; 22023 the steps are invalid, or no such conversion.';

CREATE FUNCTION referral_decide(
       conversion_uuid     uuid,
       approver_uuid       uuid,
       approve             boolean,
       reason              text DEFAULT NULL,
       OUT uuid            uuid,
       OUT program         text,
       OUT code_uuid       uuid,
       OUT referrer_uuid   uuid,
       OUT owner_type      text,
       OUT referee_uuid    uuid,
       OUT source_type     text,
       OUT source_ref      text,
       OUT amount          numeric,
       OUT currency        text,
       OUT status          text,
       OUT rewarded        boolean,
       OUT reason          text,
       OUT referrer_reward numeric,
       OUT referee_reward  numeric,
       OUT converted_at    timestamptz,
       OUT decided_at      timestamptz,
       OUT decided_by      uuid,
       OUT decision_reason text)
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_decide_wrapper';

COMMENT ON FUNCTION referral_decide(uuid, uuid, boolean, text) IS
'Records a decision in the chain of approvals, in the first step that has not reached its quorum. The last quorum approves the conversion, one rejection rejects it. The same approval again changes nothing. Errors: 42501 not an approver of that step, RF012 the conversion has no chain or is decided; 22023 no such conversion.';

CREATE FUNCTION referral_forget_user(
       user_uuid uuid)
RETURNS uuid
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_forget_user_wrapper';

COMMENT ON FUNCTION referral_forget_user(uuid) IS
'Replaces the user''s id in every table by one random pseudonym, which it returns and which is stored nowhere beside the id; NULL where nothing was stored under the id. Counts, uniqueness, caps and sums of the ledger stay. Texts that people have typed (codes, descriptions, reasons, references of sales) are not looked into. Rows that the user''s own running transactions add are not seen: stop them first.';

CREATE FUNCTION referral_poll_events(
       consumer text,
       max_rows integer DEFAULT 100)
RETURNS TABLE (
       id         bigint,
       type       text,
       payload    jsonb,
       created_at timestamptz)
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_poll_events_wrapper';

COMMENT ON FUNCTION referral_poll_events(text, integer) IS
'The consumer''s first events that are neither acknowledged nor leased, in the order of their ids, leased to the caller for a minute of the wall clock: after that, or if the transaction rolls back, they come again. Workers of one consumer get different events and never wait for each other; each consumer gets every event, at least once. The order is that of writing: an event whose transaction commits late comes after newer ones. A consumer''s first poll makes it known: it waits for running transactions that have written events, keeps later ones waiting until its own transaction ends, and sees all events still kept; so it belongs in a transaction of its own. Sees what is committed by now at every isolation level. Whoever LISTENs to referral_events is told when there is something new; by Postgres''s rule for NOTIFY, a transaction that has written events cannot be prepared (PREPARE TRANSACTION). Errors: 22004 an argument is null, 22023 a blank or overlong consumer (255 characters) or max_rows outside 1 to 10000.';

CREATE FUNCTION referral_ack_events(
       consumer text,
       ids      bigint[])
RETURNS bigint
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_ack_events_wrapper';

COMMENT ON FUNCTION referral_ack_events(text, bigint[]) IS
'Acknowledges events, so that they never come to this consumer again; also after their lease. Returns how many were acknowledged: unknown ids, ids acknowledged before and NULLs are passed over. Errors: 22004 an argument is null, 22023 a blank or overlong consumer.';

CREATE FUNCTION referral_prune_events(
       keep interval)
RETURNS bigint
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_prune_events_wrapper';

COMMENT ON FUNCTION referral_prune_events(interval) IS
'Deletes the events written longer ago than keep, acknowledged or not: what a consumer has not received by then it never will. Returns how many events were deleted. An event that a running transaction is leasing or acknowledging is left for the next call. One prune runs at a time; neither writers nor the polls of known consumers wait for it. Errors: 22004 keep is null, 22023 keep is negative or longer than 1000 years.';

CREATE FUNCTION referral_user_stats(
       user_uuid            uuid,
       program              text DEFAULT 'default',
       OUT referral_code    text,
       OUT total_uses       bigint,
       OUT remaining_uses   integer,
       OUT max_uses         integer,
       OUT total_earned     numeric,
       OUT current_balance  numeric,
       OUT referred_by_code text,
       OUT referrals        jsonb)
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_user_stats_wrapper';

COMMENT ON FUNCTION referral_user_stats(uuid, text) IS
'What a user has and has brought in a program. The code is that of referral_code_for or, without one, the oldest code of the program whose beneficiary is the user; total_uses counts its usages. total_earned is what the ledger says of the user in the program''s currency, granted less reversed, current_balance the part of it whose hold period is over. referred_by_code is the code of the user''s earliest redemption in the program. referrals lists everybody who has redeemed one of the user''s codes in the program, the newest first: user_uuid, status (of the latest conversion; pending before there is one), bonus_earned (by the user, net), completed_at (of that conversion). Always one row: NULL, zeros and [] for somebody unknown. Errors: 22023 no such program.';

CREATE FUNCTION referral_top_referrers(
       max_rows integer DEFAULT 10,
       program  text DEFAULT NULL)
RETURNS TABLE (
       referrer_uuid uuid,
       conversions   bigint,
       total_earned  numeric,
       currency      text)
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_top_referrers_wrapper';

COMMENT ON FUNCTION referral_top_referrers(integer, text) IS
'The referrers with the most conversions that are neither rejected nor reversed, and what they have earned by those, net: a row for each referrer and currency; of all programs where none is named. Errors: 22023 no such program.';

CREATE FUNCTION referral_program_report(
       program                         text DEFAULT 'default',
       OUT signups                     bigint,
       OUT conversions                 bigint,
       OUT conversion_rate             numeric,
       OUT total_bonuses               numeric,
       OUT avg_time_to_first_purchase  interval)
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_program_report_wrapper';

COMMENT ON FUNCTION referral_program_report(text) IS
'A program as a whole: redemptions of its codes, conversions that are neither rejected nor reversed, the share of the people who redeemed that has such a conversion (0 to 1, four decimals), what the ledger says of all users in the program''s currency, granted less reversed, and how long it took on average from a person''s first redemption to their first such conversion (NULL where there is none). Always one row. Reads whole tables, each once. Errors: 22023 no such program.';

CREATE FUNCTION referral_usage_series(
       code_uuid uuid,
       bucket    interval,
       from_time timestamptz,
       to_time   timestamptz)
RETURNS TABLE (
       bucket_start timestamptz,
       uses         bigint)
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_usage_series_wrapper';

COMMENT ON FUNCTION referral_usage_series(uuid, interval, timestamptz, timestamptz) IS
'The uses of a code over time, a row for each bucket from from_time on, also where there are none; the last ends before to_time. Buckets begin whole multiples of the interval after from_time, by the calendar of the session''s time zone. Zeros for an unknown code. Errors: 22023 a bucket that is not positive or longer than 100 years, times that are infinite or in the wrong order, more than 10,000 buckets.';

-- Before the tables are analyzed their size is guessed, and every batch of a few rows would be compiled for millions.
CREATE FUNCTION referral_tree(
       user_uuid uuid,
       max_depth integer DEFAULT 5)
RETURNS TABLE (
       depth         integer,
       user_uuid     uuid,
       referrer_uuid uuid,
       code          text,
       referred_at   timestamptz)
LANGUAGE c STABLE PARALLEL SAFE
SET jit = off
AS 'MODULE_PATHNAME', 'referral_tree_wrapper';

COMMENT ON FUNCTION referral_tree(uuid, integer) IS
'Everybody whom a user has referred, directly (depth 1) and through others, level by level, in no order within a level. Somebody''s referrer is the beneficiary of the code of their earliest redemption, of those whose beneficiary is another person; so everybody appears once, and the user never. Errors: 22023 max_depth is not from 1 to 100.';

CREATE FUNCTION referral_upline(
       user_uuid uuid,
       max_depth integer DEFAULT 10)
RETURNS TABLE (
       depth         integer,
       referrer_uuid uuid,
       code          text,
       referred_at   timestamptz)
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_upline_wrapper';

COMMENT ON FUNCTION referral_upline(uuid, integer) IS
'Who referred a user (depth 1), who referred them, and so on upward, by the same rule as referral_tree; code and referred_at say how the person below came. It ends where it would come to somebody again. Errors: 22023 max_depth is not from 1 to 100.';

