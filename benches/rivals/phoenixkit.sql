-- What PhoenixKit's use_code/2 sends, statement by statement. It asks a cache in the application whether the
-- system is enabled, makes the usage's id there too, and knows no self-referral.
\set number random(:first, :last)
\set high random(10000000, 99999999)
\set low random(100000000000, 999999999999)

SELECT
    codes.uuid,
    codes.code,
    codes.description,
    codes.status,
    codes.number_of_uses,
    codes.max_uses,
    codes.created_by_uuid,
    codes.beneficiary_uuid,
    codes.date_created,
    codes.expiration_date
FROM public.phoenix_kit_referral_codes AS codes
WHERE upper(codes.code) = upper('REF' || :number)
ORDER BY codes.date_created
LIMIT 1
\gset code_

BEGIN;

UPDATE public.phoenix_kit_referral_codes AS codes
SET number_of_uses = codes.number_of_uses + 1
WHERE codes.uuid = :code_uuid
  AND codes.status = true
  AND codes.number_of_uses < codes.max_uses
  AND (codes.expiration_date IS NULL OR codes.expiration_date > now());

SELECT 1
FROM public.phoenix_kit_referral_code_usage AS usages
WHERE usages.used_by_uuid = (:high || '-0000-4000-8000-' || :low)::uuid
  AND usages.code_uuid = :code_uuid
LIMIT 1;

INSERT INTO public.phoenix_kit_referral_code_usage (uuid, code_uuid, used_by_uuid, date_used)
VALUES (gen_random_uuid(), :code_uuid, (:high || '-0000-4000-8000-' || :low)::uuid, now());

COMMIT;
