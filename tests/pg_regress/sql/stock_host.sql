-- A stock host is healthy: of its own redundant indexes, which its own check makes again, the doctor only says what
-- they cost.
\set ECHO none
\i tests/support/host/tables.sql
\set ON_ERROR_STOP off
\set ECHO all
CREATE EXTENSION referrals;
SELECT pg_catalog.count(*) FROM referral_setup();
SELECT referral_enable_system();
SELECT severity, subject, finding, remedy FROM referral_doctor() \gx
SELECT pg_catalog.count(*) AS faults FROM referral_doctor() WHERE severity <> 'info';

-- An index that is nobody's may be dropped.
CREATE INDEX mine ON phoenix_kit_referral_code_usage (code_uuid);
SELECT severity, finding, remedy FROM referral_doctor() WHERE finding LIKE '%mine%';

-- Its pages are full: worth a word once there are many codes.
SET session_replication_role = replica;
INSERT INTO phoenix_kit_referral_codes (code, description, max_uses, created_by_uuid)
SELECT pg_catalog.format('MANY%s', n), 'one of many', 5, '00000000-0000-0000-0000-00000000000a'
  FROM pg_catalog.generate_series(1, 12000) AS n;
RESET session_replication_role;
ANALYZE phoenix_kit_referral_codes;
SELECT severity, subject, finding, remedy FROM referral_doctor() WHERE finding LIKE '%fillfactor%' \gx
SELECT remedy FROM referral_doctor() WHERE finding LIKE '%fillfactor%' \gexec
SELECT pg_catalog.count(*) FROM referral_doctor() WHERE finding LIKE '%fillfactor%';
