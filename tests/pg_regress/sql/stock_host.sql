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
