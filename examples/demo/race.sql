-- Runs :script in 50 connections that truly overlap: the row of the code RACE in :schema stays locked until each
-- of them waits for it.

\setenv SCRIPT :script
\setenv PGOPTIONS '-c search_path=':schema
\! sed 's/^/    /' "$SCRIPT"
\echo

BEGIN;
SELECT FROM :"schema".phoenix_kit_referral_codes WHERE code = 'RACE' FOR UPDATE \g /dev/null
\! pgbench --no-vacuum --client 50 --jobs 2 --transactions 1 --file "$SCRIPT" >"$SCRATCH_DIR/pgbench.log" 2>&1 &
SELECT pg_temp.wait_until(
    'all clients wait for the row',
    $$SELECT count(*) = 50 FROM pg_stat_activity WHERE application_name = 'pgbench' AND wait_event_type = 'Lock'$$
) \g /dev/null
\echo 'All 50 are connected and wait for the row of the code, which is locked. The lock is released ...'
\echo
COMMIT;
SELECT pg_temp.wait_until(
    'all clients are done',
    $$SELECT count(*) = 0 FROM pg_stat_activity WHERE application_name = 'pgbench'$$
) \g /dev/null
