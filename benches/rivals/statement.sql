-- One statement, written by hand and sent by the client: the rules that fit into a WHERE. It can refuse, but
-- not say why; a user's second use of a code is a unique violation.
\set number random(:first, :last)
\set high random(10000000, 99999999)
\set low random(100000000000, 999999999999)

WITH claimed AS (
    UPDATE public.phoenix_kit_referral_codes AS codes
    SET number_of_uses = codes.number_of_uses + 1
    WHERE codes.code = upper('REF' || :number)
      AND codes.status
      AND codes.number_of_uses < codes.max_uses
      AND (codes.expiration_date IS NULL OR codes.expiration_date > clock_timestamp())
      AND (
          codes.beneficiary_uuid IS DISTINCT FROM (:high || '-0000-4000-8000-' || :low)::uuid
          OR EXISTS (
              SELECT
              FROM public.phoenix_kit_settings AS settings
              WHERE settings.key = 'referral_allow_self_referral'
                AND settings.value = 'true'
          )
      )
      AND EXISTS (
          SELECT
          FROM public.phoenix_kit_settings AS settings
          WHERE settings.key = 'referral_codes_enabled'
            AND settings.value = 'true'
      )
    RETURNING
        codes.uuid,
        codes.code,
        codes.beneficiary_uuid,
        codes.number_of_uses,
        codes.max_uses
),
used AS (
    INSERT INTO public.phoenix_kit_referral_code_usage (uuid, code_uuid, used_by_uuid, date_used)
    SELECT
        gen_random_uuid(),
        claimed.uuid,
        (:high || '-0000-4000-8000-' || :low)::uuid,
        clock_timestamp()
    FROM claimed
    RETURNING
        uuid,
        used_by_uuid,
        date_used
)
SELECT
    used.uuid AS usage_uuid,
    claimed.uuid AS code_uuid,
    claimed.code,
    used.used_by_uuid,
    used.date_used,
    claimed.beneficiary_uuid,
    claimed.number_of_uses,
    claimed.max_uses - claimed.number_of_uses AS remaining_uses
FROM used
CROSS JOIN claimed;
