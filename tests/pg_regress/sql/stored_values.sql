-- Values that somebody has written into the tables by hand and that the functions cannot work with: an error names the
-- table and the column. What can be shown is shown.
CREATE EXTENSION referrals;
SET client_min_messages = warning;
SELECT count(*) > 0 AS is_set_up FROM referral_setup();
SET timezone = 'UTC';

-- A row of each table.
SELECT code FROM referral_create_code('00000000-0000-0000-0000-00000000000a', 'WELCOME',
                                      beneficiary_uuid => '00000000-0000-0000-0000-00000000000a');
SELECT code FROM referral_use_code('WELCOME', '00000000-0000-0000-0000-00000000000b');
SELECT reason FROM referral_record_purchase('00000000-0000-0000-0000-00000000000b', 'first', 100, 'USD');

-- An interval whose parts point both ways, or backwards.
UPDATE referral_programs SET hold_period = '1 month -40 days';
SELECT code, message FROM caught($$ SELECT * FROM referral_get_program('default') $$);
SELECT code, message FROM caught($$ SELECT * FROM referral_list_programs() $$);
SELECT code, message FROM caught($$ SELECT referral_update_program('default', '{"name": "x"}') $$);
SELECT code, message FROM caught(
    $$ SELECT referral_record_purchase('00000000-0000-0000-0000-00000000000c', 'second', 100, 'USD') $$);
UPDATE referral_programs SET hold_period = '0', attribution_window = '-3 days';
SELECT code, message FROM caught($$ SELECT * FROM referral_get_program('default') $$);
UPDATE referral_programs SET attribution_window = NULL, codes_expire_after = '1 day -23:00';
SELECT code, message, hint FROM caught($$ SELECT referral_code_for('00000000-0000-0000-0000-00000000000d') $$);
UPDATE referral_programs SET codes_expire_after = NULL;

-- Money that is no number.
UPDATE referral_programs SET referrer_reward = 'NaN';
SELECT code, message FROM caught($$ SELECT * FROM referral_get_program('default') $$);
UPDATE referral_programs SET referrer_reward = 10;
SET session_replication_role = replica;
UPDATE referral_conversions SET amount = 'NaN';
SELECT code, message FROM caught($$ SELECT * FROM referral_recent_conversions() $$);
UPDATE referral_conversions SET amount = 100;
UPDATE referral_rewards SET amount = 'NaN';
SELECT code, message FROM caught($$ SELECT * FROM referral_balance('00000000-0000-0000-0000-00000000000a') $$);
SELECT code, message FROM caught($$ SELECT * FROM referral_user_stats('00000000-0000-0000-0000-00000000000a') $$);
UPDATE referral_rewards SET amount = 10;
RESET session_replication_role;

-- JSON nested deeper than 64 levels.
CREATE FUNCTION nested(depth int) RETURNS jsonb LANGUAGE sql AS
$$ SELECT (repeat('{"a":', depth - 1) || '{}' || repeat('}', depth - 1))::jsonb $$;
UPDATE referral_programs SET metadata = nested(64);
SELECT key FROM referral_get_program('default');
UPDATE referral_programs SET metadata = nested(65);
SELECT code, message FROM caught($$ SELECT * FROM referral_get_program('default') $$);
UPDATE referral_programs SET metadata = nested(2000);
SELECT code, message FROM caught($$ SELECT * FROM referral_get_program('default') $$);
UPDATE referral_programs SET metadata = '{}';
UPDATE referral_conversions SET approvals = nested(2000);
SELECT code, message FROM caught($$ SELECT referral_approve(uuid, gen_random_uuid()) FROM referral_conversions $$);
UPDATE referral_conversions SET approvals = '{"a": 1}', status = 'converted';
SELECT code, message FROM caught($$ SELECT referral_decide(uuid, gen_random_uuid(), true) FROM referral_conversions $$);
UPDATE referral_conversions SET approvals = NULL;
-- An event is given as it is.
INSERT INTO phoenix_kit_settings (key, value) VALUES ('referral_events_enabled', 'true');
SELECT count(*) FROM referral_poll_events('worker');
SELECT code FROM referral_create_code('00000000-0000-0000-0000-00000000000a', 'SUMMER');
UPDATE referral_events SET payload = nested(2000);
SELECT type, payload = nested(2000) AS is_as_stored FROM referral_poll_events('worker');

-- Arguments: each is named.
SELECT code, message FROM caught($$ SELECT referral_create_program('x', nested(65)) $$);
SELECT code, message FROM caught($$ SELECT referral_create_program('x', nested(3000)) $$);
SELECT key FROM referral_create_program('x', jsonb_build_object('metadata', nested(63)));
SELECT code, message FROM caught($$ SELECT referral_update_program('x', jsonb_build_object('metadata', nested(64))) $$);
SELECT code, message FROM caught($$ SELECT referral_update_code(gen_random_uuid(), nested(200)) $$);
SELECT code, message FROM caught($$ SELECT * FROM referral_code_errors(nested(200)) $$);
SELECT code, message FROM caught($$ SELECT referral_require_approvals(gen_random_uuid(), nested(200)) $$);

-- What an interval looks like, and a currency.
SELECT value, caught.code, message
  FROM unnest(ARRAY['"soon"', '"1 month -1 day"', '"-1 day"', '"200 years"', '[]', 'null', '-1', '"1 light year"',
                    '"99999999999999999999 days"'])
       AS value,
       caught(format($$ SELECT referral_update_program('x', '{"hold_period": %s}') $$, value));
SELECT value, caught.code, message
  FROM unnest(ARRAY['EURO', 'EU', 'E1R', '€', '']) AS value,
       caught(format($$ SELECT referral_update_program('x', jsonb_build_object('currency', %L::text)) $$, value));
SELECT currency FROM referral_update_program('x', '{"currency": " eur"}');
SELECT code, message FROM caught(
    $$ SELECT referral_record_purchase('00000000-0000-0000-0000-00000000000c', 'third', 100, 'POINTS') $$);

-- Tables that are gone after they were used, and come back; whatever needs them not goes on working.
SELECT count(*) FROM referral_balance('00000000-0000-0000-0000-00000000000a');
SELECT referral_enabled();
DROP TABLE referral_rewards;
SELECT code, message, detail, hint
  FROM caught($$ SELECT * FROM referral_balance('00000000-0000-0000-0000-00000000000a') $$);
SELECT code, message FROM caught($$ SELECT * FROM referral_balance('00000000-0000-0000-0000-00000000000a') $$);
SELECT referral_enabled();
SELECT count(*) > 0 AS is_set_up FROM referral_setup();
SELECT count(*) FROM referral_balance('00000000-0000-0000-0000-00000000000a');
DROP TABLE phoenix_kit_referral_code_usage, phoenix_kit_settings CASCADE;
SELECT code, message, detail, hint FROM caught($$ SELECT * FROM referral_use_code('WELCOME', gen_random_uuid()) $$);
SELECT code, message FROM caught($$ SELECT referral_enabled() $$);
SELECT code, message FROM caught(
    $$ INSERT INTO phoenix_kit_referral_codes (code, description, max_uses, created_by_uuid)
       VALUES ('BYHAND', 'x', 5, gen_random_uuid()) $$);

-- Which version is at work.
SELECT referral_version() = (SELECT extversion FROM pg_extension WHERE extname = 'referrals') AS is_one_version;
UPDATE pg_extension SET extversion = '0.0.9' WHERE extname = 'referrals';
SELECT regexp_replace(referral_version(), 'library [0-9.]+', 'library …') AS both;
