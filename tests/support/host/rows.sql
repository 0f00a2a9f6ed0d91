-- Fills the tables of tables.sql (any shape) with rows that are the same every time. For psql, outside a
-- transaction block:
--
--     psql --set schema=shop --set codes=1000 --set usages=3000 --file rows.sql
--
--   schema      as for tables.sql. Default: public.
--   codes       how many. A multiple of 5, at least 50. Default: 100000.
--   usages      how many: at least 150, at most 3 for each code. Default: 300000.
--   duplicates  1 (default): some users have used one code more than once; 0: none has, and setup can make its
--               unique index.
--
-- What a test can rely on, for the codes n = 1 … codes:
--
--   code             'REF' || 100000 + n, but
--                      n % 2000 = 1000   'Ref…', mixed case     (50 of 100,000)
--                      n % 2000 = 0      'ref…', lower case     (50 of 100,000)
--                      n = 4, n = 5      'Twin' and 'TWIN': differ by case alone, 'Twin' is the older
--   uuid             00000000-0000-7000-8001-…, ending in n in hexadecimal; integer id n
--   creator          user 1 + (n - 1) / 5: five codes each, below the limit of ten
--   beneficiary      the creator where n is even, else none
--   status           false where n % 20 = 3                     (5 %)
--   expiration_date  2025-01-01 where n % 20 = 7: expired       (5 %)
--                    2099-01-01 where n % 20 is 11 or 13        (10 %)
--                    else none
--   max_uses         by n % 5:  1 → 1,  2 → 5,  3 → 10,  4 → 25,  0 → 100
--                      n = 50 has 500, from before the system limit of 100
--   number_of_uses   by n % 5:  1 → 1,  2 → 2,  3 → 3,  4 → 4,  0 → 5 while the usages last: where n % 5 is 1
--                    the limit is reached (20 %). It equals the counted usages, but
--                      n = 21, n = 22    one too many; 21 is thereby over its max_uses of 1, alone of all
--                      n = 23, n = 24    one too few
--   date_created     rises with n through the first 300 days of 2024
--
--   With every usage in place, judged as the functions do, of 100,000 codes 70,000 are active, 5,000 inactive,
--   5,000 expired and 20,000 have reached their limit.
--
-- Usages: each user has used two codes or so and no code twice, but for the duplicates; creators have used none.
--   uuid             00000000-0000-7000-8002-…, ending in the usage's number from 1 on, in hexadecimal
--   date_used        the days after the code's creation, one a day
--   duplicates = 1   adds four: the first user of n = 35 and of n = 40 once more, that of n = 45 twice more
--                    (three pairs; the counters count them)
--
-- Users exist only as ids: 00000000-0000-7000-8003-…, ending in the user's number in hexadecimal. Creators are
-- 1 … codes / 5, those who redeem follow.
--
-- Settings: referral_codes_enabled true, referral_codes_required false, max_number_of_uses_per_code 100,
-- max_number_of_codes_per_user 10, and two that are none of ours.

\set ON_ERROR_STOP on
\if :{?schema}
\else
    \set schema public
\endif
\if :{?codes}
\else
    \set codes 100000
\endif
\if :{?usages}
\else
    \set usages 300000
\endif
\if :{?duplicates}
\else
    \set duplicates 1
\endif

SELECT
    bool_or(attname = 'uuid') AS has_uuids,
    bool_or(attname = 'id') AS has_integers,
    :codes % 5 <> 0
        OR :codes < 50
        OR :usages NOT BETWEEN 150 AND 3 * :codes AS is_wrong
FROM pg_attribute
WHERE attrelid = format('%I.phoenix_kit_referral_codes', :'schema')::regclass
  AND attnum > 0
  AND NOT attisdropped
\gset

\if :is_wrong
    DO $$ BEGIN RAISE EXCEPTION 'codes or usages out of range: see the top of rows.sql'; END $$;
\endif

CREATE FUNCTION pg_temp.fixture_uuid(kind text, number bigint)
RETURNS uuid
LANGUAGE sql
IMMUTABLE
RETURN ('00000000-0000-7000-' || kind || '-' || lpad(to_hex(number), 12, '0'))::uuid;

-- Five codes in a row share fifteen usages: one for the first, five for the fifth.
CREATE TEMPORARY TABLE fixture_codes AS
SELECT
    number,
    place,
    1 + (number - 1) / 5 AS creator,
    usages_before,
    least(place, greatest(0, :usages - usages_before)) AS uses,
    CASE
        WHEN :duplicates = 0 THEN 0
        WHEN number IN (35, 40) THEN 1
        WHEN number = 45 THEN 2
        ELSE 0
    END AS repeats,
    timestamptz '2024-01-01 00:00:00+00' + number * (interval '300 days' / :codes) AS date_created
FROM generate_series(1, :codes) AS number
CROSS JOIN LATERAL (SELECT 1 + (number - 1) % 5 AS place) AS placed
CROSS JOIN LATERAL (SELECT (number - 1) / 5 * 15 + place * (place - 1) / 2 AS usages_before) AS counted;

INSERT INTO :"schema".phoenix_kit_referral_codes (
\if :has_uuids
    uuid,
    created_by_uuid,
    beneficiary_uuid,
\endif
\if :has_integers
    id,
    created_by,
    beneficiary,
\endif
    code,
    description,
    status,
    number_of_uses,
    max_uses,
    date_created,
    expiration_date
)
SELECT
\if :has_uuids
    pg_temp.fixture_uuid('8001', number),
    pg_temp.fixture_uuid('8003', creator),
    CASE WHEN number % 2 = 0 THEN pg_temp.fixture_uuid('8003', creator) END,
\endif
\if :has_integers
    number,
    creator,
    CASE WHEN number % 2 = 0 THEN creator END,
\endif
    CASE
        WHEN number = 4 THEN 'Twin'
        WHEN number = 5 THEN 'TWIN'
        WHEN number % 2000 = 1000 THEN 'Ref'
        WHEN number % 2000 = 0 THEN 'ref'
        ELSE 'REF'
    END || CASE WHEN number IN (4, 5) THEN '' ELSE (100000 + number)::text END,
    'Code number ' || number,
    number % 20 <> 3,
    uses + repeats + CASE
        WHEN number IN (21, 22) THEN 1
        WHEN number IN (23, 24) THEN -1
        ELSE 0
    END,
    CASE WHEN number = 50 THEN 500 ELSE ('{1, 5, 10, 25, 100}'::integer[])[place] END,
    date_created,
    CASE
        WHEN number % 20 = 7 THEN timestamptz '2025-01-01 00:00:00+00'
        WHEN number % 20 IN (11, 13) THEN timestamptz '2099-01-01 00:00:00+00'
    END
FROM fixture_codes
ORDER BY number;

-- Users are drawn by stepping through them by a prime: spread over the indexes, and never twice for one code.
INSERT INTO :"schema".phoenix_kit_referral_code_usage (
\if :has_uuids
    uuid,
    code_uuid,
    used_by_uuid,
\endif
\if :has_integers
    id,
    code_id,
    used_by,
\endif
    date_used
)
SELECT
\if :has_uuids
    pg_temp.fixture_uuid('8002', usage_number),
    pg_temp.fixture_uuid('8001', code_number),
    pg_temp.fixture_uuid('8003', user_number),
\endif
\if :has_integers
    usage_number,
    code_number,
    user_number,
\endif
    date_used
FROM (
    SELECT
        usages_before + use AS usage_number,
        number AS code_number,
        :codes / 5 + 1 + (usages_before + use) * 7919::bigint % (:usages / 2) AS user_number,
        date_created + use * interval '1 day' AS date_used
    FROM fixture_codes
    CROSS JOIN generate_series(1, uses) AS use
    UNION ALL
    SELECT
        :usages + row_number() OVER (ORDER BY number, repeat),
        number,
        :codes / 5 + 1 + (usages_before + 1) * 7919::bigint % (:usages / 2),
        date_created + (10 + repeat) * interval '1 day'
    FROM fixture_codes
    CROSS JOIN generate_series(1, repeats) AS repeat
) AS fixture_usages
ORDER BY usage_number;

INSERT INTO :"schema".phoenix_kit_settings (key, value, module)
VALUES
    ('time_zone', '0', 'system'),
    ('date_format', 'Y-m-d', 'system'),
    ('referral_codes_enabled', 'true', 'referral_codes'),
    ('referral_codes_required', 'false', 'referral_codes'),
    ('max_number_of_uses_per_code', '100', 'referral_codes'),
    ('max_number_of_codes_per_user', '10', 'referral_codes');

\if :has_integers
SELECT
    setval(pg_get_serial_sequence(format('%I.phoenix_kit_referral_codes', :'schema'), 'id'), :codes),
    setval(pg_get_serial_sequence(format('%I.phoenix_kit_referral_code_usage', :'schema'), 'id'), :usages + 4)
\g /dev/null
\endif

DROP FUNCTION pg_temp.fixture_uuid(text, bigint);
DROP TABLE fixture_codes;

-- As autovacuum would leave them: statistics there, and pages that index-only reads need not look at.
VACUUM (ANALYZE) :"schema".phoenix_kit_settings;
VACUUM (ANALYZE) :"schema".phoenix_kit_referral_codes;
VACUUM (ANALYZE) :"schema".phoenix_kit_referral_code_usage;
