-- Stripes whose codes were deleted by hand: how many, and a few of them.
  WITH stray AS (
       SELECT s.code_uuid,
              s.stripe,
              pg_catalog.row_number() OVER (ORDER BY s.code_uuid, s.stripe) AS place
         FROM host.referral_stripes AS s
        WHERE NOT EXISTS (
              SELECT 1
                FROM host.phoenix_kit_referral_codes AS c
               WHERE c.uuid OPERATOR(pg_catalog.=) s.code_uuid))
SELECT pg_catalog.count(*),
       pg_catalog.string_agg(
           pg_catalog.format('stripe %s of %s', stray.stripe, stray.code_uuid),
           ', ' ORDER BY stray.place)
           FILTER (WHERE stray.place OPERATOR(pg_catalog.<=) 3)
  FROM stray
