-- One pass of host.sql: variable fifth, 0 to 4.
UPDATE public.phoenix_kit_referral_codes AS codes
SET code = 'REF' || 100000 + numbered.number,
    status = true,
    max_uses = 1000000000,
    expiration_date = nullif(codes.expiration_date, '2025-01-01 00:00:00+00')
FROM (
    SELECT
        uuid,
        row_number() OVER (ORDER BY uuid) AS number
    FROM public.phoenix_kit_referral_codes
) AS numbered
WHERE numbered.uuid = codes.uuid
  AND numbered.number % 5 = :fifth;

VACUUM public.phoenix_kit_referral_codes;
