-- How long a redemption takes

\echo '1,000 redemptions of codes drawn from the 100,000, one after the other over one connection, each a'
\echo 'transaction of its own:'
\echo
SELECT count(*) AS usages_before FROM phoenix_kit_referral_code_usage \gset
\! sed 's/^/    /' clients/redeem_any.sql
\set mean_ms `pgbench --no-vacuum --protocol prepared --transactions 1000 --file clients/redeem_any.sql | sed -n 's/^latency average = \(.*\) ms$/\1/p'`
SELECT count(*) - :usages_before AS redemptions FROM phoenix_kit_referral_code_usage \gset
SELECT :redemptions AS redemptions, :'mean_ms'::numeric AS mean_ms, current_setting('fsync') AS fsync;

\echo 'The mean is what the client saw. With fsync off, as on this scratch server, no commit waits for the'
\echo 'disk: to compare with a server of yours, add what your disk takes for a flush. make bench measures'
\echo 'with fsync on, and the extension as make install builds it; for the demo it is built quickly.'

\o /dev/null
SELECT pg_temp.must_hold('1,000 redemptions were made and timed', :redemptions = 1000 AND :'mean_ms'::numeric > 0);
