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
'Makes or adopts the referral tables of a schema (NULL: the setting referrals.schema), with the indexes, tables and guard triggers that go with them, and brings what an older release made to what this one wants. guards => false attaches no triggers; build_indexes => false builds no index on a table that is there, and gives the statement that does instead. Run by the tables'' owner after CREATE EXTENSION and after every upgrade; running it again changes nothing. One row an object: created, adopted, kept, changed, removed (a trigger that an older release attached), or skipped for the reason in note. Errors: 42P16 tables that cannot be adopted or that only bear the name of one of the extension''s, 3F000 no such schema, 0A000 a schema that Citus has distributed, or guards over tables that it has: the functions hold every limit without guards; nothing is changed then.';

ALTER FUNCTION referral_attach_guards(name) SET quote_all_identifiers = off;

ALTER FUNCTION referral_detach(name) SET quote_all_identifiers = off;

ALTER FUNCTION referral_doctor(name) SET quote_all_identifiers = off;

COMMENT ON FUNCTION referral_doctor(name) IS
'Examines the referral tables of a schema (NULL: the setting referrals.schema) and returns one row a finding, with what to do about it; no row above info means healthy. Severity: error (data that breaks a limit), warning, info. Reads only, but reads every row.';

COMMENT ON FUNCTION referral_attach_guards(name) IS
'Attaches the guard triggers to the referral tables of a schema (NULL: the setting referrals.schema). One row a trigger: created, kept, changed where it was disabled or an older release''s, or skipped where the trigger of that name calls a function that is not the extension''s. Errors: 0A000 tables that Citus has distributed, over which the functions hold every limit without guards.';

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

DROP FUNCTION referral_create_program(text, jsonb);

DROP FUNCTION referral_update_program(text, jsonb);

DROP FUNCTION referral_get_program(text);

DROP FUNCTION referral_list_programs();

CREATE FUNCTION referral_create_program(
       key                          text,
       attributes                   jsonb DEFAULT '{}',
       OUT key                      text,
       OUT name                     text,
       OUT status                   text,
       OUT starts_at                timestamptz,
       OUT ends_at                  timestamptz,
       OUT code_length              integer,
       OUT code_alphabet            text,
       OUT code_prefix              text,
       OUT max_uses_per_code        integer,
       OUT max_uses_total           integer,
       OUT number_of_uses           integer,
       OUT codes_expire_after       interval,
       OUT referrer_reward          numeric,
       OUT referee_reward           numeric,
       OUT currency                 text,
       OUT min_purchase             numeric,
       OUT first_purchase_only      boolean,
       OUT one_code_per_referee     boolean,
       OUT attribution_window       interval,
       OUT hold_period              interval,
       OUT requires_approval        boolean,
       OUT metadata                 jsonb,
       OUT created_at               timestamptz,
       OUT updated_at               timestamptz,
       OUT referrer_percent         numeric,
       OUT referee_percent          numeric,
       OUT max_referrer_reward      numeric,
       OUT max_referee_reward       numeric,
       OUT reward_scale             integer,
       OUT max_rewards_per_referee  integer,
       OUT max_rewards_per_referrer integer,
       OUT limit_period             interval,
       OUT reward_budget            numeric,
       OUT rewards_granted          numeric,
       OUT review_above             numeric,
       OUT review_after_per_day     integer,
       OUT tiers                    jsonb)
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_create_program_with_limits_wrapper';

COMMENT ON FUNCTION referral_create_program(text, jsonb) IS
'Creates a program. Attributes, with their defaults: name (the key), status active (or paused, ended), starts_at and ends_at null, code_length 8, code_alphabet (capitals and digits without 0 O 1 I), code_prefix '''', max_uses_per_code 10, max_uses_total null (a cap over all codes of the program), codes_expire_after null, referrer_reward 10, referee_reward 10, currency USD, min_purchase 10, first_purchase_only true, one_code_per_referee true (a user who has redeemed one code of the program is refused another), attribution_window null (how long after the redemption a purchase counts), hold_period 0 (how long a reward is held), requires_approval false, referrer_percent and referee_percent 0 (hundredths of the amount, added to the fixed rewards), max_referrer_reward and max_referee_reward null (per conversion), reward_scale 2 (decimals that a reward is rounded to, half to even), max_rewards_per_referee null (rewarded purchases of a person), max_rewards_per_referrer null and limit_period null (rewarded conversions of a referrer within the period; null: for ever), reward_budget null (grants less reversals, over the whole program), review_above null (a larger amount waits for a review), review_after_per_day null (a referrer''s further conversions within a day do), tiers [] ([{"from": 5, "referrer_reward": 15, "referrer_percent": 0}]: from a referrer''s fifth rewarded conversion on), metadata {}. Errors: 23505 the key is taken, 23514 a value breaks a rule, 22023 an unknown attribute.';

CREATE FUNCTION referral_update_program(
       key                          text,
       changes                      jsonb,
       OUT key                      text,
       OUT name                     text,
       OUT status                   text,
       OUT starts_at                timestamptz,
       OUT ends_at                  timestamptz,
       OUT code_length              integer,
       OUT code_alphabet            text,
       OUT code_prefix              text,
       OUT max_uses_per_code        integer,
       OUT max_uses_total           integer,
       OUT number_of_uses           integer,
       OUT codes_expire_after       interval,
       OUT referrer_reward          numeric,
       OUT referee_reward           numeric,
       OUT currency                 text,
       OUT min_purchase             numeric,
       OUT first_purchase_only      boolean,
       OUT one_code_per_referee     boolean,
       OUT attribution_window       interval,
       OUT hold_period              interval,
       OUT requires_approval        boolean,
       OUT metadata                 jsonb,
       OUT created_at               timestamptz,
       OUT updated_at               timestamptz,
       OUT referrer_percent         numeric,
       OUT referee_percent          numeric,
       OUT max_referrer_reward      numeric,
       OUT max_referee_reward       numeric,
       OUT reward_scale             integer,
       OUT max_rewards_per_referee  integer,
       OUT max_rewards_per_referrer integer,
       OUT limit_period             interval,
       OUT reward_budget            numeric,
       OUT rewards_granted          numeric,
       OUT review_above             numeric,
       OUT review_after_per_day     integer,
       OUT tiers                    jsonb)
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_update_program_with_limits_wrapper';

COMMENT ON FUNCTION referral_update_program(text, jsonb) IS
'Changes attributes of a program; rewards that were promised or granted before stay as they are. Setting max_uses_total where it was null waits for redemptions under way and holds new ones until the transaction ends; setting reward_budget does the same with grants. Errors: 22023 no such program or an unknown attribute, 23514 a value breaks a rule, 40001 another session took the cap away meanwhile: try again.';

CREATE FUNCTION referral_get_program(
       key text)
RETURNS TABLE (
       key                      text,
       name                     text,
       status                   text,
       starts_at                timestamptz,
       ends_at                  timestamptz,
       code_length              integer,
       code_alphabet            text,
       code_prefix              text,
       max_uses_per_code        integer,
       max_uses_total           integer,
       number_of_uses           integer,
       codes_expire_after       interval,
       referrer_reward          numeric,
       referee_reward           numeric,
       currency                 text,
       min_purchase             numeric,
       first_purchase_only      boolean,
       one_code_per_referee     boolean,
       attribution_window       interval,
       hold_period              interval,
       requires_approval        boolean,
       metadata                 jsonb,
       created_at               timestamptz,
       updated_at               timestamptz,
       referrer_percent         numeric,
       referee_percent          numeric,
       max_referrer_reward      numeric,
       max_referee_reward       numeric,
       reward_scale             integer,
       max_rewards_per_referee  integer,
       max_rewards_per_referrer integer,
       limit_period             interval,
       reward_budget            numeric,
       rewards_granted          numeric,
       review_above             numeric,
       review_after_per_day     integer,
       tiers                    jsonb)
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_get_program_with_limits_wrapper';

COMMENT ON FUNCTION referral_get_program(text) IS
'The program, or no row. number_of_uses counts the uses of all its codes while max_uses_total is set, and is 0 otherwise.';

CREATE FUNCTION referral_list_programs()
RETURNS TABLE (
       key                      text,
       name                     text,
       status                   text,
       starts_at                timestamptz,
       ends_at                  timestamptz,
       code_length              integer,
       code_alphabet            text,
       code_prefix              text,
       max_uses_per_code        integer,
       max_uses_total           integer,
       number_of_uses           integer,
       codes_expire_after       interval,
       referrer_reward          numeric,
       referee_reward           numeric,
       currency                 text,
       min_purchase             numeric,
       first_purchase_only      boolean,
       one_code_per_referee     boolean,
       attribution_window       interval,
       hold_period              interval,
       requires_approval        boolean,
       metadata                 jsonb,
       created_at               timestamptz,
       updated_at               timestamptz,
       referrer_percent         numeric,
       referee_percent          numeric,
       max_referrer_reward      numeric,
       max_referee_reward       numeric,
       reward_scale             integer,
       max_rewards_per_referee  integer,
       max_rewards_per_referrer integer,
       limit_period             interval,
       reward_budget            numeric,
       rewards_granted          numeric,
       review_above             numeric,
       review_after_per_day     integer,
       tiers                    jsonb)
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_list_programs_with_limits_wrapper';

COMMENT ON FUNCTION referral_list_programs() IS
'All programs, oldest first.';

CREATE FUNCTION referral_set_terms(
       owner_uuid              uuid,
       program                 text,
       terms                   jsonb,
       owner_type              text DEFAULT 'user',
       OUT owner_uuid          uuid,
       OUT program             text,
       OUT owner_type          text,
       OUT referrer_reward     numeric,
       OUT referee_reward      numeric,
       OUT referrer_percent    numeric,
       OUT referee_percent     numeric,
       OUT max_referrer_reward numeric,
       OUT max_referee_reward  numeric)
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_set_terms_wrapper';

COMMENT ON FUNCTION referral_set_terms(uuid, text, jsonb, text) IS
'Sets what the codes of one owner give instead of what the program does: referrer_reward, referee_reward, referrer_percent, referee_percent, max_referrer_reward, max_referee_reward. What is not named, or null, is the program''s; terms set before are replaced. They go before the program''s tiers, and hold for conversions from now on. Errors: 22023 no such program or an unknown key, 23514 a value breaks a rule.';

CREATE FUNCTION referral_clear_terms(
       owner_uuid uuid,
       program    text,
       owner_type text DEFAULT 'user')
RETURNS boolean
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_clear_terms_wrapper';

COMMENT ON FUNCTION referral_clear_terms(uuid, text, text) IS
'Takes an owner''s own terms away; false where there are none.';

DROP FUNCTION referral_record_purchase(uuid, text, numeric, text, text);

CREATE FUNCTION referral_record_purchase(
       referee_uuid        uuid,
       source_ref          text,
       amount              numeric,
       currency            text DEFAULT NULL,
       source_type         text DEFAULT 'order',
       occurred_at         timestamptz DEFAULT NULL,
       first_purchase      boolean DEFAULT NULL,
       OUT rewarded        boolean,
       OUT reason          text,
       OUT conversion_uuid uuid,
       OUT referrer_uuid   uuid,
       OUT referrer_reward numeric,
       OUT referee_reward  numeric,
       OUT repeated        boolean)
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_record_purchase_once_wrapper';

COMMENT ON FUNCTION referral_record_purchase(uuid, text, numeric, text, text, timestamptz, boolean) IS
'For the payment webhook, for every purchase of everybody: judges it as of occurred_at (NULL, or ahead of the clock: now), less what was refunded before, and stores the verdict once. Of the buyer''s redemptions before that moment the earliest counts whose program ran and whose window was open. currency NULL is the program''s; first_purchase says whether it is the person''s first where the caller knows, and NULL asks the purchases that were told. Reasons: rewarded, pending_review (a reviewer has the last word), not_referred, program_not_active, outside_window, currency_mismatch, below_minimum, not_first_purchase, referee_limit, referrer_limit (the buyer''s side is granted all the same), budget_spent. A repeat of (source_type, source_ref) gives what the first call gave, with repeated = true. Rewards are in the program''s currency. Errors: RF014 a repeat with another referee, amount or currency, 22023 an argument out of range.';

CREATE FUNCTION referral_prune_purchases(
       keep interval)
RETURNS bigint
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_prune_purchases_wrapper';

COMMENT ON FUNCTION referral_prune_purchases(interval) IS
'Forgets purchases that were told longer ago than keep and led to no conversion, save those by which a later one is known not to be the person''s first. How many. A webhook that repeats one of them is judged anew. Errors: 22023 keep is no usual length of time.';

DROP FUNCTION referral_attribute_sale(text, uuid, text, text, numeric, text);

CREATE FUNCTION referral_attribute_sale(
       code         text,
       referee_uuid uuid,
       source_ref   text,
       source_type  text DEFAULT 'order',
       amount       numeric DEFAULT NULL,
       currency     text DEFAULT NULL,
       occurred_at  timestamptz DEFAULT NULL)
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
AS 'MODULE_PATHNAME', 'referral_attribute_sale_once_wrapper';

COMMENT ON FUNCTION referral_attribute_sale(text, uuid, text, text, numeric, text, timestamptz) IS
'Records a sale that carries a code. It is no redemption: no usage row, no cap of uses. No row for an unknown, inactive or expired code and for one without a beneficiary: the sale goes on. rewarded and reason say whether the program rewards it, as of occurred_at (NULL, or ahead of the clock: now), by the reasons of referral_record_purchase. Without an amount no minimum is met, without a currency it is the program''s; a repeat that brings what was missing completes the sale, which is judged then. Any other repeat for the same source_type and source_ref, whichever function told it, returns the first row. Errors: RF014 a repeat with another code, referee, amount or currency, RF006 the buyer''s own code, 22023 an argument out of range.';

CREATE FUNCTION referral_record_refund(
       source_ref          text,
       refund_ref          text,
       amount              numeric DEFAULT NULL,
       source_type         text DEFAULT 'order',
       reason              text DEFAULT NULL,
       OUT conversion_uuid uuid,
       OUT status          text,
       OUT referrer_taken  numeric,
       OUT referee_taken   numeric,
       OUT repeated        boolean)
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_record_refund_wrapper';

COMMENT ON FUNCTION referral_record_refund(text, text, numeric, text, text) IS
'For the refund webhook: each side gives back its reward''s share of the purchase, so that all refunds of a whole purchase take back exactly all, and the conversion is reversed then. amount NULL: all that is left. A refund that comes before its purchase is kept (conversion_uuid NULL), and the purchase is judged less it. A repeat of refund_ref for the same (source_type, source_ref) takes nothing more and gives what the first call gave, with repeated = true. Errors: RF014 a repeat with another amount, 22023 more than is left of the purchase, or an argument out of range.';

DROP FUNCTION referral_user_stats(uuid, text);

CREATE FUNCTION referral_user_stats(
       user_uuid            uuid,
       program              text DEFAULT 'default',
       max_referrals        integer DEFAULT 100,
       OUT referral_code    text,
       OUT total_uses       bigint,
       OUT remaining_uses   integer,
       OUT max_uses         integer,
       OUT total_earned     numeric,
       OUT current_balance  numeric,
       OUT referred_by_code text,
       OUT referrals        jsonb)
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_user_stats_of_some_wrapper';

COMMENT ON FUNCTION referral_user_stats(uuid, text, integer) IS
'What a user has and has brought in a program. The code is that of referral_code_for or, without one, the oldest code of the program whose beneficiary is the user; total_uses counts its usages. total_earned is what the ledger says of the user by the program, granted less reversed, in its currency; current_balance is what may be paid out to the user in that currency, by all programs. referred_by_code is the code of the user''s earliest redemption in the program. referrals lists the people who have redeemed one of the user''s codes in the program, the newest first, at most max_referrals (NULL: all): user_uuid, status (of the best conversion that the program rewards; pending before there is one), bonus_earned (by the user, net, as text), completed_at (of that conversion); the totals count everybody. Always one row: NULL, zeros and [] for somebody unknown. Errors: 22023 no such program, or max_referrals is negative.';

COMMENT ON FUNCTION referral_program_report(text) IS
'A program as a whole: redemptions of its codes, conversions that it rewards, at once or after a review, and that are neither rejected nor reversed, the share of the people who redeemed that has such a conversion (0 to 1, four decimals), what the ledger says of all users in the program''s currency, granted less reversed, and how long it took on average from a person''s first redemption to their first such conversion (NULL where there is none). Always one row. Reads each table once, and no more of it than is the program''s. Errors: 22023 no such program.';

COMMENT ON FUNCTION referral_top_referrers(integer, text) IS
'The referrers who have earned the most, net, by conversions that were rewarded and are neither rejected nor reversed, and how many those are: a row for each referrer and currency; of all programs where none is named. Errors: 22023 no such program.';

DROP FUNCTION referral_list_for_referrer(uuid, text, integer, timestamptz);

CREATE FUNCTION referral_get_conversion(
       conversion_uuid uuid)
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
AS 'MODULE_PATHNAME', 'referral_get_conversion_wrapper';

COMMENT ON FUNCTION referral_get_conversion(uuid) IS
'A conversion by its id; no row for an unknown one.';

CREATE FUNCTION referral_conversion_of(
       source_ref  text,
       source_type text DEFAULT 'order')
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
AS 'MODULE_PATHNAME', 'referral_conversion_of_wrapper';

COMMENT ON FUNCTION referral_conversion_of(text, text) IS
'The conversion of a sale or purchase, by what the application calls it; no row where there is none. source_type is trimmed and lower-cased.';

CREATE FUNCTION referral_list_conversions(
       filter     jsonb DEFAULT '{}',
       max_rows   integer DEFAULT 50,
       after_uuid uuid DEFAULT NULL)
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
AS 'MODULE_PATHNAME', 'referral_list_conversions_wrapper';

COMMENT ON FUNCTION referral_list_conversions(jsonb, integer, uuid) IS
'Conversions, newest first, narrowed by each key of filter: program, status, reason, waiting (whether a decision is due: a review, or a chain of approvals), approver_uuid (a step of a chain waits for that person), referrer_uuid, referee_uuid. max_rows NULL: all. after_uuid: the last row of the page before. Errors: 22023 an unknown key, a value that a key cannot have, after_uuid names no conversion.';

CREATE FUNCTION referral_list_for_referrer(
       referrer_uuid uuid,
       status        text DEFAULT NULL,
       max_rows      integer DEFAULT 50,
       after_uuid    uuid DEFAULT NULL)
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
AS 'MODULE_PATHNAME', 'referral_list_for_referrer_after_wrapper';

COMMENT ON FUNCTION referral_list_for_referrer(uuid, text, integer, uuid) IS
'The conversions of a referrer, newest first; of one status where it is given. max_rows NULL: all. after_uuid: the last row of the page before. Errors: 22023 no such status, after_uuid names no conversion.';

CREATE FUNCTION referral_history(
       conversion_uuid uuid)
RETURNS TABLE (
       at      timestamptz,
       action  text,
       by_uuid uuid,
       step    text,
       amount  numeric,
       reason  text)
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_history_wrapper';

COMMENT ON FUNCTION referral_history(uuid) IS
'What was done about a conversion, oldest first, kept for good: approved, rejected, reversed, reversed_part (by an amount, the most that was taken from each side), refunded (an amount of the purchase), approvals_required, step_approved and step_rejected (by an approver, in a step of the chain). No row for an unknown conversion.';

COMMENT ON FUNCTION referral_approve(uuid, uuid, text) IS
'Approves a conversion, and grants the rewards that waited for it. Errors: RF012 its status is not converted, or it has a chain of approvals; 42501 decided_by is its referrer or referee; 22023 no such conversion.';

COMMENT ON FUNCTION referral_reject(uuid, uuid, text) IS
'Rejects a conversion; rewards that were granted without a review are taken back. Errors: RF012 its status is not converted, or it has a chain of approvals; 42501 decided_by is its referrer or referee; 22023 no such conversion.';

COMMENT ON FUNCTION referral_require_approvals(uuid, jsonb) IS
'Asks for a chain of approvals, while nothing has been granted: steps in their order, each {"id": text, "name": text (may be left out), "approvers": [uuid, ...], "quorum": number (1 if left out)}. May be asked anew until the first decision. From then on referral_decide alone decides. Errors: RF012 the conversion is not in status converted, its rewards have been granted, or decisions have been made; 22023 the steps are invalid, or no such conversion.';

COMMENT ON FUNCTION referral_decide(uuid, uuid, boolean, text) IS
'Records a decision in the chain of approvals, in the first step that has not reached its quorum. The last quorum approves the conversion, one rejection rejects it. Errors: 42501 not an approver of that step, or the conversion''s referrer or referee; RF012 the conversion has no chain, is decided, or the approver has decided in that step; 22023 no such conversion.';

DROP FUNCTION referral_reverse(uuid, text, numeric);

CREATE FUNCTION referral_reverse(
       conversion_uuid     uuid,
       reason              text,
       amount              numeric DEFAULT NULL,
       reference           text DEFAULT NULL,
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
AS 'MODULE_PATHNAME', 'referral_reverse_once_wrapper';

COMMENT ON FUNCTION referral_reverse(uuid, text, numeric, text) IS
'Takes rewards back, as for a refund: from each side what is left of its grant, or at most amount of it, by a negative row of the ledger that names the grant. The conversion is reversed once nothing is left; until then a part may be taken back as often as needed. A repeat with the same reference takes nothing more. Errors: RF012 it is rejected or reversed; 22023 no such conversion, or an amount that is not positive or where nothing has been granted.';

DROP FUNCTION referral_balance(uuid);

CREATE FUNCTION referral_balance(
       user_uuid uuid)
RETURNS TABLE (
       currency  text,
       earned    numeric,
       available numeric,
       held      numeric,
       pending   numeric,
       paid      numeric,
       reversed  numeric)
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_balance_with_payouts_wrapper';

COMMENT ON FUNCTION referral_balance(uuid) IS
'What a user has, a row for each currency: earned (granted less reversed) is available (its hold period is over, and no payout has taken it) plus held plus pending (in payouts that are under way) plus paid; reversed is what was taken back. What is taken back after it was paid makes available negative, and the next rewards make up for it first.';

CREATE FUNCTION referral_create_payout(
       user_uuid       uuid,
       payout_ref      text,
       currency        text,
       amount          numeric DEFAULT NULL,
       OUT payout_uuid uuid,
       OUT user_uuid   uuid,
       OUT currency    text,
       OUT amount      numeric,
       OUT status      text,
       OUT created_at  timestamptz,
       OUT repeated    boolean)
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_create_payout_wrapper';

COMMENT ON FUNCTION referral_create_payout(uuid, text, text, numeric) IS
'Takes what is available to a user in a currency, or amount of it, out of the balance, as a payout that is pending until referral_settle_payout() says how it has ended. Once for each payout_ref: a repeat gives the payout as it is by now, with repeated. Errors: RF016 less than that, or nothing, is available; RF014 the payout_ref is that of another user, currency or amount; 22023 an argument out of range.';

CREATE FUNCTION referral_create_payouts(
       currency   text,
       batch_ref  text,
       min_amount numeric DEFAULT 0.01,
       max_rows   integer DEFAULT 1000)
RETURNS TABLE (
       payout_uuid uuid,
       user_uuid   uuid,
       currency    text,
       amount      numeric,
       status      text,
       created_at  timestamptz,
       repeated    boolean)
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_create_payouts_wrapper';

COMMENT ON FUNCTION referral_create_payouts(text, text, numeric, integer) IS
'Creates a payout of all that is available for each user who has min_amount or more of a currency, at most max_rows of them, in the order of their ids; the payout_ref of each is batch_ref:user_uuid. Fewer rows than max_rows: nobody is left. Once for each batch_ref: a repeat creates nothing and gives the payouts of the first call, with repeated. Errors: RF014 a repeat with another currency, min_amount or max_rows, or a payout that somebody has given a payout_ref of the batch; 22023 an argument out of range.';

CREATE FUNCTION referral_settle_payout(
       payout_ref      text,
       paid            boolean,
       reason          text DEFAULT NULL,
       OUT payout_uuid uuid,
       OUT user_uuid   uuid,
       OUT payout_ref  text,
       OUT batch_ref   text,
       OUT currency    text,
       OUT amount      numeric,
       OUT status      text,
       OUT created_at  timestamptz,
       OUT settled_at  timestamptz,
       OUT reason      text,
       OUT repeated    boolean)
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_settle_payout_wrapper';

COMMENT ON FUNCTION referral_settle_payout(text, boolean, text) IS
'Says how a payout has ended: it is paid, or it has failed and its amount is back in the balance. The same again changes nothing and gives the payout as it was settled first, with repeated. Errors: RF012 it has ended the other way; 22023 no such payout.';

CREATE FUNCTION referral_list_payouts(
       filter     jsonb DEFAULT '{}',
       max_rows   integer DEFAULT 50,
       after_uuid uuid DEFAULT NULL)
RETURNS TABLE (
       payout_uuid uuid,
       user_uuid   uuid,
       payout_ref  text,
       batch_ref   text,
       currency    text,
       amount      numeric,
       status      text,
       created_at  timestamptz,
       settled_at  timestamptz,
       reason      text)
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_list_payouts_wrapper';

COMMENT ON FUNCTION referral_list_payouts(jsonb, integer, uuid) IS
'Payouts, the newest first, after the payout after_uuid for the next page; those alone that the filter describes by user_uuid, status (pending, paid, failed), currency, batch_ref and payout_ref. Errors: 22023 a filter with another key or such a value, no such payout.';

COMMENT ON FUNCTION referral_guard_ledger() IS
'Trigger on rewards, decisions and payouts: refuses INSERT, UPDATE, DELETE and TRUNCATE that are not the functions'' own (42501).';

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

COMMENT ON FUNCTION referral_get_code(uuid) IS
'The code with that id, or no row. remaining_uses is what the code has left, or its program where that has less, and at least 0; state is active, inactive, expired, program_not_active or limit_reached, judged at the statement''s start in the order inactive, expired, program_not_active, limit_reached, as a redemption judges.';

COMMENT ON FUNCTION referral_valid_for_use(uuid) IS
'Whether the code''s state is active at the statement''s start: that it may be used by somebody, its program included; NULL for an unknown code. A dry look: only a redemption takes a use.';

COMMENT ON FUNCTION referral_usage_limit_reached(uuid) IS
'Whether no use is left of the code, or of its program; NULL for an unknown code.';

CREATE FUNCTION referral_normalize_code(
       code text)
RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_normalize_code_wrapper';

COMMENT ON FUNCTION referral_normalize_code(text) IS
'The text under which functions store a code, of what a person has typed: without the white space around it, in Unicode''s capitals, as far as the database''s encoding has them. It is the same for every way of typing the code, so that it can say in which of several databases a code is. A text that is longer than any code is only trimmed. Reads no table.';

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

DROP FUNCTION referral_tree(uuid, integer);

-- Before the tables are analyzed their size is guessed, and every batch of a few rows would be compiled for millions.
CREATE FUNCTION referral_tree(
       user_uuid uuid,
       max_depth integer DEFAULT 5,
       max_rows  integer DEFAULT NULL)
RETURNS TABLE (
       depth         integer,
       user_uuid     uuid,
       referrer_uuid uuid,
       code          text,
       referred_at   timestamptz)
LANGUAGE c STABLE PARALLEL SAFE
SET jit = off
AS 'MODULE_PATHNAME', 'referral_tree_at_most_wrapper';

COMMENT ON FUNCTION referral_tree(uuid, integer, integer) IS
'Everybody whom a user has referred, directly (depth 1) and through others, level by level, in no order within a level. max_rows NULL: all; no more is read than is given. Somebody''s referrer is the beneficiary of the code of their earliest redemption, of those whose beneficiary is another person; so everybody appears once, and the user never. Errors: 22023 max_depth is not from 1 to 100, max_rows is negative.';
