-- Stats are exact: counted, not believed.
CREATE EXTENSION referrals;
SELECT pg_catalog.count(*) FROM referral_setup(guards => false);
SELECT uuid AS code FROM referral_create_code('00000000-0000-0000-0000-00000000000a', 'STATS') \gset

SELECT * FROM referral_stats(:'code');
SELECT * FROM referral_stats('00000000-0000-0000-0000-000000000000');
SELECT * FROM referral_stats(NULL);

INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid, date_used)
SELECT :'code', pg_catalog.format('00000000-0000-0000-0000-%s', pg_catalog.lpad(n::text, 12, '0'))::uuid, '2024-01-01'::timestamptz + n * interval '1 hour'
  FROM pg_catalog.generate_series(1, 9) AS n;
SELECT total_uses, unique_users, last_used AT TIME ZONE 'UTC' AS last_used, recent_users FROM referral_stats(:'code');

-- Old data may hold several uses by one user: the newest five users are five users.
DROP INDEX referral_usage_code_user_uidx;
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid, date_used)
SELECT :'code', '00000000-0000-0000-0000-000000000001', '2025-01-01'::timestamptz + n * interval '1 hour'
  FROM pg_catalog.generate_series(1, 50) AS n;
SELECT total_uses, unique_users, last_used AT TIME ZONE 'UTC' AS last_used, recent_users FROM referral_stats(:'code');

-- The newest come from the index alone.
SET enable_seqscan = off;
VACUUM ANALYZE phoenix_kit_referral_code_usage;
EXPLAIN (COSTS OFF)
SELECT u.used_by_uuid
  FROM phoenix_kit_referral_code_usage AS u
 WHERE u.code_uuid = '00000000-0000-0000-0000-000000000000'
 ORDER BY u.date_used DESC
 LIMIT 5;
