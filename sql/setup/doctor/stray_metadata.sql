-- Metadata of codes that were deleted by hand: how many, and a few of them.
  WITH stray AS (
       SELECT m.code_uuid,
              pg_catalog.row_number() OVER (ORDER BY m.code_uuid) AS place
         FROM host.referral_code_metadata AS m
        WHERE NOT EXISTS (
              SELECT 1
                FROM host.phoenix_kit_referral_codes AS c
               WHERE c.uuid OPERATOR(pg_catalog.=) m.code_uuid))
SELECT pg_catalog.count(*),
       pg_catalog.string_agg(stray.code_uuid::pg_catalog.text, ', ' ORDER BY stray.place)
           FILTER (WHERE stray.place OPERATOR(pg_catalog.<=) 3)
  FROM stray
