-- What became of a code

\echo 'referral_stats() counts what is written down. Of the users it gives the newest five.'
\echo
:show
:blocks
SELECT stats.*
FROM referral_get_code_by_string('RACE') AS code, referral_stats(code.uuid) AS stats;
:plain
:hide

\o /dev/null
SELECT pg_temp.must_hold(
    'the stats say ten uses by ten users',
    total_uses = 10 AND unique_users = 10 AND cardinality(recent_users) = 5
)
FROM referral_get_code_by_string('RACE') AS code, referral_stats(code.uuid) AS stats;
