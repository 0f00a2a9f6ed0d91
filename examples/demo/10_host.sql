-- A PhoenixKit host, with years of data

\echo 'PhoenixKit made these tables and an app filled them: codes of every kind, some older than any rule.'
\echo 'Loading 100,000 codes and 300,000 usages takes some seconds ...'
\echo
\ir ../../tests/support/host/tables.sql
\ir ../../tests/support/host/rows.sql

:show
SELECT
    count(*) AS codes,
    count(*) FILTER (WHERE NOT status) AS inactive,
    count(*) FILTER (WHERE expiration_date <= now()) AS expired,
    count(*) FILTER (WHERE number_of_uses >= max_uses) AS used_up,
    count(*) FILTER (WHERE code <> upper(code)) AS not_upper_case
FROM phoenix_kit_referral_codes;

SELECT
    count(*) AS usages,
    count(DISTINCT used_by_uuid) AS users,
    count(*) - count(DISTINCT (code_uuid, used_by_uuid)) AS same_user_same_code_again
FROM phoenix_kit_referral_code_usage;
:hide

\o /dev/null
SELECT pg_temp.must_hold('the host is loaded', count(*) = 300004)
FROM phoenix_kit_referral_code_usage;
