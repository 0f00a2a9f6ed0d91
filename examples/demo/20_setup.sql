-- The extension moves in

\echo 'CREATE EXTENSION adds functions and touches no table. referral_setup() then adopts the tables that'
\echo 'are there, adds what is missing, and says of each object what it did, or why it did not.'
\echo
:show
CREATE EXTENSION referrals;
CREATE TEMPORARY TABLE setup AS SELECT * FROM referral_setup();
SELECT object, action FROM setup;
:blocks
SELECT object, note FROM setup WHERE action = 'skipped';
:plain
:hide

\echo 'referral_doctor() reads all rows and reports what it finds in them, and what to do about it.'
\echo
:show
:blocks
SELECT severity, finding, remedy FROM referral_doctor() WHERE severity <> 'info';
:plain
:hide

CREATE TEMPORARY TABLE findings AS
SELECT severity FROM referral_doctor();
SELECT count(*) AS info_count FROM findings WHERE severity = 'info' \gset
\echo 'Not shown:' :info_count 'of severity info.'

\o /dev/null
SELECT pg_temp.must_hold('one of the findings is an error', count(*) = 1)
FROM findings
WHERE severity = 'error';
