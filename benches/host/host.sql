-- Makes the fixture host of tests/support/host ready to be measured. Expects its rows without duplicates.

\set ON_ERROR_STOP on
SET client_min_messages = warning;

CREATE EXTENSION pg_prewarm;
CREATE EXTENSION referrals;

SELECT *
FROM public.referral_setup()
\g /dev/null

-- The rivals write to the tables themselves: a guard would redeem a second time what they redeem. guards_on.sql
-- switches them on again.
ALTER TABLE public.phoenix_kit_referral_codes
    DISABLE TRIGGER USER;
ALTER TABLE public.phoenix_kit_referral_code_usage
    DISABLE TRIGGER USER;

-- Every code can be used by everybody, and is in no program: REF100001 and so on.
UPDATE public.phoenix_kit_referral_codes AS codes
SET code = 'REF' || 100000 + numbered.number,
    status = true,
    max_uses = 1000000000,
    beneficiary_uuid = NULL,
    expiration_date = nullif(codes.expiration_date, '2025-01-01 00:00:00+00')
FROM (
    SELECT
        uuid,
        row_number() OVER (ORDER BY uuid) AS number
    FROM public.phoenix_kit_referral_codes
) AS numbered
WHERE numbered.uuid = codes.uuid;

-- Room in each page, as on a host that has been counting uses for a while: in pages freshly filled every first use
-- of a code would write to all indexes.
ALTER TABLE public.phoenix_kit_referral_codes
    SET (fillfactor = 70);
VACUUM FULL public.phoenix_kit_referral_codes;

CREATE SCHEMA bench;
\ir plpgsql.sql
\ir inside.sql

VACUUM (FREEZE, ANALYZE);
