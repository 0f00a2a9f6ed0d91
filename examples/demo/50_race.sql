-- Fifty clients at once for ten uses

\echo 'First without the extension: a code with ten uses, and clients that check the limit and write'
\echo 'afterwards, in one transaction, as many apps do. pgbench runs this in 50 connections:'
\echo
\set schema without_referrals
\ir ../../tests/support/host/tables.sql
INSERT INTO without_referrals.phoenix_kit_referral_codes (code, description, max_uses, created_by_uuid)
VALUES ('RACE', 'Ten uses', 10, :'alice');

\set script clients/check_then_write.sql
\ir race.sql

\echo 'All of them looked before the first one wrote, so all of them got in.'
\echo
:show
SELECT
    max_uses,
    number_of_uses,
    (SELECT count(*) FROM without_referrals.phoenix_kit_referral_code_usage) AS usages
FROM without_referrals.phoenix_kit_referral_codes;
:hide

\o /dev/null
SELECT pg_temp.must_hold('an app that checks first lets all 50 in', number_of_uses = 50)
FROM without_referrals.phoenix_kit_referral_codes;
\o

\echo
\echo 'Now with the extension: again a code with ten uses, and clients that leave the checking to it.'
\echo
CREATE TABLE answers (ok boolean, reason text);
:show
SELECT code, max_uses, remaining_uses, state
FROM referral_create_code(:'alice', 'RACE', max_uses => 10);
:hide

\echo 'Again in 50 connections:'
\echo
\set schema public
\set script clients/redeem_race.sql
\ir race.sql

\echo 'Ten won, and each of the others was told why it did not.'
\echo
:show
SELECT ok, reason, count(*) AS clients FROM answers GROUP BY ok, reason ORDER BY ok DESC;

SELECT
    max_uses,
    number_of_uses,
    (SELECT count(*) FROM phoenix_kit_referral_code_usage AS u WHERE u.code_uuid = c.uuid) AS usages
FROM phoenix_kit_referral_codes AS c
WHERE code = 'RACE';
:hide

\o /dev/null
SELECT pg_temp.must_hold(
    '10 clients won and 40 were refused',
    count(*) FILTER (WHERE ok) = 10
        AND count(*) FILTER (WHERE NOT ok AND reason = 'usage_limit_reached') = 40
        AND count(*) = 50
)
FROM answers;
SELECT pg_temp.must_hold('the counter and the usages say 10', number_of_uses = 10 AND total_uses = 10)
FROM phoenix_kit_referral_codes
CROSS JOIN LATERAL (
    SELECT count(*) AS total_uses FROM phoenix_kit_referral_code_usage WHERE code_uuid = phoenix_kit_referral_codes.uuid
) AS counted
WHERE code = 'RACE';
