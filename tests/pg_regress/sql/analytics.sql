-- What a user, a program and a code have brought.
SET TimeZone = 'UTC';
CREATE EXTENSION referrals;
SELECT pg_catalog.count(*) > 0 AS set_up FROM referral_setup();

-- Somebody unknown has nothing, and an empty program's report is all zeros.
SELECT * FROM referral_user_stats('00000000-0000-0000-0000-0000000000ff');
SELECT * FROM referral_top_referrers();
SELECT * FROM referral_program_report();

-- Two programs: the default one, and one that reviews, holds rewards for ten days and pays in euros.
SELECT key, currency FROM referral_create_program('spring', '{"currency": "EUR", "referrer_reward": "7.5", "referee_reward": "0.05", "min_purchase": 0, "first_purchase_only": false, "requires_approval": true, "hold_period": "10 days"}');

-- ann has a code in both, and an older one that nobody gave her by referral_code_for.
SELECT '00000000-0000-0000-0000-00000000000a' AS ann, '00000000-0000-0000-0000-00000000000b' AS bob \gset
SELECT code FROM referral_create_code(:'bob', 'OLDER', beneficiary_uuid => :'ann');
SELECT referral_code, total_uses, remaining_uses, max_uses FROM referral_user_stats(:'ann');
SELECT code AS own, max_uses FROM referral_code_for(:'ann') \gset
SELECT code AS spring FROM referral_code_for(:'ann', 'spring') \gset
SELECT referral_code = :'own' AS own_code, total_uses, remaining_uses, max_uses FROM referral_user_stats(:'ann');
SELECT referral_code = :'spring' AS own_code, total_uses, remaining_uses, max_uses FROM referral_user_stats(:'ann', 'spring');

-- A code of another kind of owner is not what a user gives away, but is the oldest where there is no other.
SELECT code AS team FROM referral_code_for('00000000-0000-0000-0000-00000000000c', owner_type => 'team') \gset
SELECT referral_code = :'team' AS oldest FROM referral_user_stats('00000000-0000-0000-0000-00000000000c');

-- Four sign up, one of them by the older code, and three buy: one is taken back, another in part.
CREATE FUNCTION redeem(code text, number integer) RETURNS text
BEGIN ATOMIC
    SELECT used.code FROM referral_use_code($1, pg_catalog.format('00000000-0000-0000-0000-%s', pg_catalog.lpad($2::text, 12, '0'))::uuid) AS used;
END;
SELECT redeem(:'own', 1) = :'own' AS a, redeem(:'own', 2) = :'own' AS b, redeem('OLDER', 3) AS c, redeem(:'own', 4) = :'own' AS d, redeem(:'spring', 1) = :'spring' AS e;
SELECT reason FROM referral_record_purchase('00000000-0000-0000-0000-000000000001', 'order 1', 20);
SELECT reason FROM referral_record_purchase('00000000-0000-0000-0000-000000000002', 'order 2', 20);
SELECT reason FROM referral_record_purchase('00000000-0000-0000-0000-000000000003', 'order 3', 20);
SELECT status FROM referral_reverse((SELECT uuid FROM referral_conversions WHERE source_ref = 'order 2'), 'returned');
SELECT status FROM referral_reverse((SELECT uuid FROM referral_conversions WHERE source_ref = 'order 3'), 'returned in part', 2.5);
-- The redemptions a day apart. The first and the third buy one and three hours later: two hours on average.
UPDATE phoenix_kit_referral_code_usage SET date_used = '2026-03-01'::timestamptz + interval '1 day' * pg_catalog.right(used_by_uuid::text, 3)::integer;
UPDATE referral_conversions SET converted_at = '2026-03-01'::timestamptz + interval '1 day' * pg_catalog.right(referee_uuid::text, 3)::integer + interval '1 hour' * pg_catalog.right(referee_uuid::text, 3)::integer;

SELECT total_uses, remaining_uses, total_earned, current_balance, referred_by_code FROM referral_user_stats(:'ann');
SELECT pg_catalog.jsonb_array_elements(referrals) AS referral FROM referral_user_stats(:'ann');
SELECT referred_by_code, referral_code, total_earned FROM referral_user_stats('00000000-0000-0000-0000-000000000003');
SELECT * FROM referral_program_report();
SELECT * FROM referral_top_referrers();

-- A sale needs no redemption: it counts as a conversion, and the rate stays a share of those who signed up.
SELECT reason, rewarded FROM referral_attribute_sale(:'spring', '00000000-0000-0000-0000-000000000009', 'sale 1', amount => 5);
SELECT status FROM referral_approve((SELECT uuid FROM referral_conversions WHERE source_ref = 'sale 1'), :'bob');
SELECT reason, rewarded FROM referral_attribute_sale(:'spring', '00000000-0000-0000-0000-000000000001', 'sale 2', amount => 5);
SELECT reason, rewarded FROM referral_attribute_sale(:'spring', '00000000-0000-0000-0000-000000000001', 'sale 3', amount => 5);
SELECT status FROM referral_reject((SELECT uuid FROM referral_conversions WHERE source_ref = 'sale 3'), :'bob');
UPDATE referral_conversions SET converted_at = '2026-05-01'::timestamptz + interval '1 day' * (source_ref = 'sale 3')::integer WHERE source_ref IN ('sale 2', 'sale 3');
SELECT total_uses, total_earned, current_balance, pg_catalog.jsonb_pretty(referrals) AS referrals FROM referral_user_stats(:'ann', 'spring');
SELECT * FROM referral_program_report('spring');
SELECT * FROM referral_top_referrers();
SELECT * FROM referral_top_referrers(program => 'spring');
SELECT * FROM referral_top_referrers(1);
SELECT * FROM referral_top_referrers(0);

-- A balance is no longer held once its period is over.
ALTER TABLE referral_rewards DISABLE TRIGGER USER;
UPDATE referral_rewards SET available_at = '2026-01-01' WHERE program = 'spring';
SELECT total_earned, current_balance FROM referral_user_stats(:'ann', 'spring');

-- What was granted in another currency is not added up with the program's own.
SELECT currency FROM referral_update_program('spring', '{"currency": "CHF"}');
SELECT total_earned, current_balance, referrals -> 0 -> 'bonus_earned' AS bonus FROM referral_user_stats(:'ann', 'spring');
SELECT conversions, total_bonuses FROM referral_program_report('spring');

-- A code without a beneficiary that nobody assigned belongs to no program.
SELECT code FROM referral_create_code(:'bob', 'PROMO');
SELECT redeem('PROMO', 7);
SELECT signups FROM referral_program_report();
SELECT referral_assign_program((SELECT uuid FROM referral_get_code_by_string('PROMO')), 'default');
SELECT signups FROM referral_program_report();

-- Buckets begin whole multiples after the first: months end where they end, and the last bucket is cut short.
SELECT uuid AS code FROM referral_create_code(:'bob', 'SERIES') \gset
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid, date_used)
SELECT :'code', pg_catalog.gen_random_uuid(), t.at::timestamptz
  FROM (VALUES ('2026-01-30 23:59'), ('2026-01-31'), ('2026-02-27 23:59:59.999999'), ('2026-02-28'),
               ('2026-03-30'), ('2026-03-31'), ('2026-05-30'), ('2026-05-31'), ('2026-06-14'), ('2026-06-15')) AS t (at);
SELECT * FROM referral_usage_series(:'code', '1 month', '2026-01-31', '2026-06-15');
SELECT * FROM referral_usage_series(:'code', '1 day', '2026-02-26', '2026-03-01');
SELECT * FROM referral_usage_series(:'code', '1 day 12 hours', '2026-02-26', '2026-03-02');
SELECT * FROM referral_usage_series(:'code', '100 years', '2026-02-26', '2026-03-02');
SELECT * FROM referral_usage_series(pg_catalog.gen_random_uuid(), '1 hour', '2026-02-26', '2026-02-26 02:30');
-- A day is as long as the calendar has it.
SET TimeZone = 'Europe/Berlin';
SELECT bucket_start FROM referral_usage_series(:'code', '1 day', '2026-03-28', '2026-03-31');
SELECT bucket_start FROM referral_usage_series(:'code', '24 hours', '2026-03-28', '2026-03-31');
SET TimeZone = 'UTC';
-- Up to the last moment that there is, and up to ten thousand.
SELECT bucket_start FROM referral_usage_series(:'code', '100 years', '294200-01-01', '294276-12-31 23:59:59.999999');
SELECT bucket_start FROM referral_usage_series(:'code', '876600 hours', '294200-01-01', '294276-12-31 23:59:59.999999');
SELECT pg_catalog.count(*), pg_catalog.min(bucket_start), pg_catalog.max(bucket_start) FROM referral_usage_series(:'code', '1 second', '2026-01-01', '2026-01-01 02:46:40');
SELECT c.code, c.message FROM caught($$ SELECT referral_usage_series(gen_random_uuid(), '1 second', '2026-01-01', '2026-01-01 02:46:40.000001') $$) AS c;
SELECT c.code, c.message FROM caught($$ SELECT referral_usage_series(gen_random_uuid(), '1 microsecond', '-infinity'::timestamptz + interval '0', '294276-12-31') $$) AS c;
SELECT c.code, c.message FROM caught($$ SELECT referral_usage_series(gen_random_uuid(), '1 microsecond', '4714-11-24 BC', '294276-12-31') $$) AS c;

-- Wrong arguments.
SELECT a.arguments, c.code, c.message, c.detail
  FROM (VALUES ('referral_user_stats(NULL)'),
               ('referral_user_stats(gen_random_uuid(), NULL)'),
               ('referral_user_stats(gen_random_uuid(), ''autumn'')'),
               ('referral_top_referrers(-1)'),
               ('referral_top_referrers(program => ''autumn'')'),
               ('referral_program_report(NULL)'),
               ('referral_program_report(''autumn'')'),
               ('referral_usage_series(NULL, ''1 day'', ''2026-01-01'', ''2026-01-02'')'),
               ('referral_usage_series(gen_random_uuid(), NULL, ''2026-01-01'', ''2026-01-02'')'),
               ('referral_usage_series(gen_random_uuid(), ''1 day'', NULL, ''2026-01-02'')'),
               ('referral_usage_series(gen_random_uuid(), ''1 day'', ''2026-01-01'', NULL)'),
               ('referral_usage_series(gen_random_uuid(), ''0'', ''2026-01-01'', ''2026-01-02'')'),
               ('referral_usage_series(gen_random_uuid(), ''-1 day'', ''2026-01-01'', ''2026-01-02'')'),
               ('referral_usage_series(gen_random_uuid(), ''1 month -1 day'', ''2026-01-01'', ''2026-01-02'')'),
               ('referral_usage_series(gen_random_uuid(), ''101 years'', ''2026-01-01'', ''2026-01-02'')'),
               ('referral_usage_series(gen_random_uuid(), ''1 day'', ''2026-01-01'', ''2026-01-01'')'),
               ('referral_usage_series(gen_random_uuid(), ''1 day'', ''2026-01-02'', ''2026-01-01'')'),
               ('referral_usage_series(gen_random_uuid(), ''1 day'', ''-infinity'', ''2026-01-01'')'),
               ('referral_usage_series(gen_random_uuid(), ''1 day'', ''2026-01-02'', ''infinity'')')) AS a (arguments),
       LATERAL caught('SELECT * FROM ' || a.arguments) AS c;
