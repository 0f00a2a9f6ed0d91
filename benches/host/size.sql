-- Fills the tables of tests/support/host, empty, for the question of size, with :codes codes and :usages usages: a
-- tenth of them of the first code, the others spread over the rest. Nobody has used a code twice, and a twentieth of
-- the usages has led to a purchase. Makes the extension.
--
-- Code n reads 'REF' || 100000 + n, and has a beneficiary where n is even.

\set ON_ERROR_STOP on
SET client_min_messages = warning;
SET session_replication_role = replica;
SET maintenance_work_mem = '512MB';

CREATE EXTENSION pg_prewarm;
CREATE EXTENSION referrals;
CREATE SCHEMA bench;

CREATE FUNCTION bench.id(kind text, number bigint)
RETURNS uuid
LANGUAGE sql
IMMUTABLE
RETURN ('00000000-0000-7000-' || kind || '-' || lpad(to_hex(number), 12, '0'))::uuid;

-- Ten million rows go in without indexes, which are built afterwards.
CREATE TABLE bench.constraints AS
SELECT
    contype,
    format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS taken_away,
    format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) AS made
FROM pg_constraint
WHERE conrelid::regclass::text IN ('phoenix_kit_referral_codes', 'phoenix_kit_referral_code_usage');

SELECT taken_away
FROM bench.constraints
ORDER BY contype
\gexec

CREATE TABLE bench.indexes AS
SELECT
    indexrelid::regclass::text AS name,
    pg_get_indexdef(indexrelid) AS made
FROM pg_index
WHERE indrelid::regclass::text IN ('phoenix_kit_referral_codes', 'phoenix_kit_referral_code_usage');

SELECT 'DROP INDEX ' || name
FROM bench.indexes
\gexec

INSERT INTO public.phoenix_kit_settings (key, value, module)
VALUES ('referral_codes_enabled', 'true', 'referral_codes');

INSERT INTO public.phoenix_kit_referral_code_usage (uuid, code_uuid, used_by_uuid, date_used)
SELECT
    bench.id('8002', number),
    bench.id('8001', CASE
        WHEN number % 10 = 0 THEN 1
        ELSE 2 + (number / 10 * 9 + number % 10 - 1) % (:codes - 1)
    END),
    -- One person has a five-hundredth of all.
    bench.id('8003', CASE
        WHEN number % 10 = 0 THEN number / 10
        WHEN number % 500 = 1 THEN 0
        ELSE 1 + number * 7919 % (:usages / 2)
    END),
    timestamptz '2024-01-01 00:00:00+00' + number * interval '1 second'
FROM generate_series(1, :usages::bigint) AS number;

ALTER TABLE public.phoenix_kit_referral_codes
    SET (fillfactor = 70);

INSERT INTO public.phoenix_kit_referral_codes
    (uuid, code, description, number_of_uses, max_uses, created_by_uuid, beneficiary_uuid, date_created)
SELECT
    bench.id('8001', number),
    'REF' || 100000 + number,
    'Code number ' || number,
    coalesce(used.uses, 0),
    1000000000,
    bench.id('8004', 1 + number / 5),
    CASE WHEN number % 2 = 0 THEN bench.id('8004', 1 + number / 5) END,
    timestamptz '2023-01-01 00:00:00+00' + number * interval '1 second'
FROM generate_series(1, :codes::bigint) AS number
LEFT JOIN (
    SELECT
        code_uuid,
        count(*) AS uses
    FROM public.phoenix_kit_referral_code_usage
    GROUP BY code_uuid
) AS used ON used.code_uuid = bench.id('8001', number);

SELECT made
FROM bench.indexes
\gexec
SELECT made
FROM bench.constraints
ORDER BY contype DESC
\gexec

RESET session_replication_role;
SELECT *
FROM public.referral_setup()
\g /dev/null
SET session_replication_role = replica;

INSERT INTO public.referral_conversions
    (uuid, program, code_uuid, code, referrer_uuid, owner_type, referee_uuid, source_type, source_ref, amount, currency,
    status, reason, referrer_reward, referee_reward, reward_currency, converted_at, granted_at)
SELECT
    bench.id('8005', row_number() OVER (ORDER BY usages.uuid)),
    'default',
    codes.uuid,
    codes.code,
    codes.beneficiary_uuid,
    'user',
    usages.used_by_uuid,
    'order',
    'O' || usages.uuid,
    100,
    'USD',
    'converted',
    'rewarded',
    10,
    10,
    'USD',
    usages.date_used + interval '1 day',
    usages.date_used + interval '1 day'
FROM public.phoenix_kit_referral_code_usage AS usages
JOIN public.phoenix_kit_referral_codes AS codes ON codes.uuid = usages.code_uuid
WHERE codes.beneficiary_uuid IS NOT NULL
  AND right(usages.uuid::text, 1) IN ('3', '7');

INSERT INTO public.referral_rewards
    (uuid, conversion_uuid, program, side, user_uuid, amount, currency, created_at, available_at)
SELECT
    bench.id(CASE sides.side WHEN 'referrer' THEN '8006' ELSE '8007' END, row_number() OVER (ORDER BY conversions.uuid)),
    conversions.uuid,
    'default',
    sides.side,
    CASE sides.side WHEN 'referrer' THEN conversions.referrer_uuid ELSE conversions.referee_uuid END,
    10,
    'USD',
    conversions.granted_at,
    conversions.granted_at
FROM public.referral_conversions AS conversions
CROSS JOIN (VALUES ('referrer'), ('referee')) AS sides (side);

RESET session_replication_role;
VACUUM (FREEZE, ANALYZE);
