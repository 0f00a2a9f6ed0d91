-- A hot code spread over stripes: what functions tell of it, what its row says, and how it comes together again.
CREATE EXTENSION referrals;
SET client_min_messages = warning;
SELECT count(*) > 0 AS is_set_up FROM referral_setup();
SELECT referral_set_max_uses_per_code(100000);
\set alice '''00000000-0000-0000-0000-00000000000a'''
SELECT uuid AS hot FROM referral_create_code(:alice, 'HOT', max_uses => 12800) \gset
CREATE VIEW counters AS
SELECT c.code, c.number_of_uses, count(s.stripe) AS stripes, sum(s.uses_left) AS uses_left,
       (SELECT count(*) FROM phoenix_kit_referral_code_usage AS u WHERE u.code_uuid = c.uuid) AS usages
  FROM phoenix_kit_referral_codes AS c
       LEFT JOIN referral_stripes AS s ON s.code_uuid = c.uuid
 GROUP BY c.uuid
 ORDER BY c.code;
CREATE FUNCTION person(number integer) RETURNS uuid
LANGUAGE sql IMMUTABLE
RETURN lpad(number::text, 32, '0')::uuid;

SELECT referral_stripe_code(:'hot');
SELECT * FROM counters;
SELECT number_of_uses, remaining_uses FROM referral_use_code('hot', person(1));
SELECT ok, reason, remaining_uses FROM referral_try_use_code('HOT', person(2));
SELECT ok, reason, remaining_uses FROM referral_try_use_code('HOT', person(2));
SELECT * FROM counters;
SELECT number_of_uses, remaining_uses, state FROM referral_get_code(:'hot');
SELECT total_uses, unique_users FROM referral_stats(:'hot');
SELECT severity, finding, remedy FROM referral_doctor();

-- An edit gives the leases back, by function; by hand it leaves them.
SELECT number_of_uses, max_uses FROM referral_update_code(:'hot', '{"description": "viral"}');
SELECT * FROM counters;
SELECT count(DISTINCT usage_uuid) FROM generate_series(3, 30) AS number, referral_use_code('HOT', person(number));
SELECT number_of_uses - usages = uses_left AS are_exact, stripes FROM counters;
UPDATE phoenix_kit_referral_codes SET description = 'still' WHERE uuid = :'hot';
SELECT number_of_uses - usages = uses_left AS are_exact, uses_left > 0 AS are_leased FROM counters;

-- Fewer, more, and none.
SELECT referral_stripe_code(:'hot', 2);
SELECT * FROM counters;
SELECT referral_stripe_code(:'hot', 1024);
SELECT * FROM counters;
SELECT referral_unstripe_code(:'hot');
SELECT * FROM counters;
SELECT referral_unstripe_code(:'hot');
SELECT severity, finding, remedy FROM referral_doctor();

-- To the last use, one by one.
SELECT uuid AS few FROM referral_create_code(:alice, 'FEW', max_uses => 7) \gset
SELECT referral_stripe_code(:'few', 3);
SELECT number, ok, reason, remaining_uses
  FROM generate_series(1, 9) AS number, referral_try_use_code('FEW', person(number));
SELECT * FROM counters WHERE code = 'FEW';
SELECT referral_undo_use(uuid) FROM phoenix_kit_referral_code_usage
 WHERE code_uuid = :'few' AND used_by_uuid = person(3);
SELECT ok FROM referral_try_use_code('FEW', person(8));
SELECT * FROM counters WHERE code = 'FEW';

-- A raised cap is leased, a lowered one holds at once.
SELECT max_uses FROM referral_update_code(:'few', '{"max_uses": 1207}');
SELECT ok FROM referral_try_use_code('FEW', person(9));
SELECT number_of_uses, remaining_uses FROM referral_get_code(:'few');
SELECT number_of_uses > 8 AS is_leased FROM phoenix_kit_referral_codes WHERE uuid = :'few';
UPDATE phoenix_kit_referral_codes SET max_uses = 9 WHERE uuid = :'few';
SELECT number_of_uses, remaining_uses, state FROM referral_get_code(:'few');
SELECT number, ok, reason FROM generate_series(10, 12) AS number, referral_try_use_code('FEW', person(number));
SELECT * FROM counters WHERE code = 'FEW';

-- Rolled back, to a savepoint or whole.
SELECT max_uses FROM referral_update_code(:'few', '{"max_uses": 1207}');
BEGIN;
SELECT ok FROM referral_try_use_code('FEW', person(20));
SAVEPOINT s;
SELECT ok FROM referral_try_use_code('FEW', person(21));
ROLLBACK TO s;
SELECT number_of_uses - usages = uses_left AS are_exact, usages FROM counters WHERE code = 'FEW';
ROLLBACK;
SELECT number_of_uses - usages = uses_left AS are_exact, usages FROM counters WHERE code = 'FEW';

-- Renamed it keeps its stripes; refused it costs none.
SELECT code FROM referral_update_code(:'few', '{"code": "SOME"}');
SELECT ok FROM referral_try_use_code('SOME', person(22));
SELECT ok, reason FROM referral_try_use_code('FEW', person(23));
SELECT beneficiary_uuid FROM referral_update_code(:'few', jsonb_build_object('beneficiary_uuid', person(24)));
SELECT ok, reason FROM referral_try_use_code('SOME', person(24));
SELECT referral_deactivate_code('SOME');
SELECT ok, reason FROM referral_try_use_code('SOME', person(25));
SELECT * FROM counters WHERE code = 'SOME';

-- Deleted, by function and by hand.
SELECT referral_delete_code(:'few');
SELECT count(*) FROM referral_stripes;
SELECT referral_stripe_code(:'hot', 2);
DELETE FROM phoenix_kit_referral_codes WHERE uuid = :'hot';
SELECT finding LIKE 'stripes of codes that are gone%: 2 %' AS is_found, remedy FROM referral_doctor();
SELECT remedy FROM referral_doctor() \gexec
SELECT * FROM referral_doctor();

-- What a program's first cap counts.
SELECT key FROM referral_create_program('spring');
SELECT uuid AS hot FROM referral_create_code(:alice, 'HOT', max_uses => 12800) \gset
SELECT referral_assign_program(:'hot', 'spring') IS NOT NULL AS is_assigned;
SELECT referral_stripe_code(:'hot', 8);
SELECT ok FROM referral_try_use_code('HOT', person(1));
SELECT max_uses_total FROM referral_update_program('spring', '{"max_uses_total": 2}');
SELECT key, number_of_uses FROM referral_programs WHERE max_uses_total IS NOT NULL;
SELECT number, ok, reason FROM generate_series(2, 3) AS number, referral_try_use_code('HOT', person(number));
SELECT key, number_of_uses FROM referral_programs WHERE max_uses_total IS NOT NULL;
SELECT * FROM referral_doctor() WHERE severity <> 'info';
SELECT program, count(*) AS stripes, sum(uses_left) AS uses_left FROM referral_program_stripes GROUP BY program;
SELECT referral_stripe_code(:'hot', 16);
SELECT max_uses_total, number_of_uses FROM referral_update_program('spring', '{"max_uses_total": 640}');
SELECT referral_stripe_code(:'hot', 4);
SELECT program, count(*) AS stripes, sum(uses_left) AS uses_left FROM referral_program_stripes GROUP BY program;
SELECT ok FROM referral_try_use_code('HOT', person(3));
SELECT number_of_uses FROM referral_programs WHERE key = 'spring';
SELECT number_of_uses FROM referral_get_program('spring');
SELECT number_of_uses FROM referral_list_programs() WHERE key = 'spring';
SELECT * FROM referral_doctor();
-- More uses than the program's own row has left.
SELECT max_uses_total, number_of_uses FROM referral_update_program('spring', '{"max_uses_total": 83}');
SELECT referral_stripe_code(:'hot', 5);
SELECT sum(uses_left) AS uses_left FROM referral_program_stripes;
SELECT count(*) FILTER (WHERE ok) AS redeemed, count(*) AS asked
  FROM referral_use_codes('HOT', ARRAY(SELECT person(number) FROM generate_series(100, 199) AS number));
SELECT number_of_uses FROM referral_get_program('spring');
SELECT referral_assign_program(:'hot', 'default') IS NOT NULL AS is_assigned;
SELECT count(*) AS stripes FROM referral_program_stripes;
SELECT key, number_of_uses FROM referral_programs WHERE max_uses_total IS NOT NULL;

-- Holds and many users at once, to the last use that stripes have leased.
SELECT uuid AS held FROM referral_create_code(:alice, 'HELD', max_uses => 48) \gset
SELECT referral_stripe_code(:'held', 3);
SELECT hold_uuid IS NOT NULL AS is_held FROM referral_hold_use('HELD', person(1));
SELECT hold_uuid AS second FROM referral_hold_use('HELD', person(2)) \gset
SELECT used, held, leased, free FROM referral_code_uses(:'held');
SELECT number_of_uses, remaining_uses FROM referral_use_code('HELD', person(1));
SELECT count(*) FILTER (WHERE ok) AS redeemed, count(*) AS asked
  FROM referral_use_codes('HELD', ARRAY(SELECT person(number) FROM generate_series(3, 60) AS number));
SELECT used, held, leased, free FROM referral_code_uses(:'held');
SELECT ok, reason FROM referral_try_hold_use('HELD', person(70));
SELECT number_of_uses, remaining_uses FROM referral_confirm_hold(:'second');
SELECT * FROM counters WHERE code = 'HELD';
SELECT * FROM referral_doctor() WHERE severity <> 'info';
SELECT max_uses FROM referral_update_code(:'held', '{"max_uses": 60}');
SELECT referral_stripe_code(:'held', 3);
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid)
SELECT :'held', person(number) FROM generate_series(100, 111) AS number;
SELECT * FROM counters WHERE code = 'HELD';

-- Arguments.
SELECT referral_stripe_code(NULL);
SELECT referral_stripe_code(:'hot', NULL);
SELECT referral_stripe_code(:'hot', 0);
SELECT referral_stripe_code(:'hot', 1025);
SELECT referral_stripe_code(gen_random_uuid());
SELECT referral_unstripe_code(NULL);
SELECT referral_unstripe_code(gen_random_uuid());
DROP INDEX referral_usage_code_user_uidx;
SELECT referral_stripe_code(:'hot', 2);
SELECT ok, reason FROM referral_try_use_code('HOT', person(1));
SELECT ok, reason FROM referral_try_use_code('HOT', person(40));
