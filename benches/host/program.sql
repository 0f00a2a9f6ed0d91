-- Replaces the calls of bench.calls by redemptions of codes that are in a program without a cap: as many as :calls,
-- each of another person's own code, made by referral_code_for.

\set ON_ERROR_STOP on

TRUNCATE bench.calls;

INSERT INTO bench.calls (number, code, code_uuid, user_uuid)
SELECT
    number,
    own.code,
    own.uuid,
    md5('user ' || number)::uuid
FROM generate_series(1, :calls) AS number
CROSS JOIN LATERAL public.referral_code_for(md5('owner ' || number)::uuid) AS own;

-- The codes lie side by side, and each is used in one transaction: none of a page's versions can be pruned.
ALTER TABLE public.phoenix_kit_referral_codes
    SET (fillfactor = 40);
VACUUM FULL public.phoenix_kit_referral_codes;
VACUUM (FREEZE, ANALYZE);
