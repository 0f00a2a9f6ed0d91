-- Codes that differ by case alone: how many groups, and a few of them.
  WITH colliding AS (
       SELECT pg_catalog.string_agg(
                  pg_catalog.format('"%s"', c.code), ' and ' ORDER BY c.date_created, c.uuid) AS codes,
              pg_catalog.row_number() OVER (ORDER BY pg_catalog.upper(c.code)) AS place
         FROM host.phoenix_kit_referral_codes AS c
        GROUP BY pg_catalog.upper(c.code)
       HAVING pg_catalog.count(*) OPERATOR(pg_catalog.>) 1)
SELECT pg_catalog.count(*),
       pg_catalog.string_agg(colliding.codes, ', ' ORDER BY colliding.place)
           FILTER (WHERE colliding.place OPERATOR(pg_catalog.<=) 3)
  FROM colliding
