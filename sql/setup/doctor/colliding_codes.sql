-- Codes that differ by case alone: how many groups, and a few of them, each with the one that redemption takes (as
-- sql/redemption/claim.sql and sql/codes/by_code_ignoring_case.sql find it) and the one that PhoenixKit does.
  WITH colliding AS (
       SELECT pg_catalog.format(
                  '%s: redemption takes "%s", PhoenixKit the oldest, "%s"',
                  pg_catalog.string_agg(
                      pg_catalog.format('"%s"', c.code), ' and ' ORDER BY c.date_created, c.uuid),
                  (pg_catalog.array_agg(
                      c.code
                      ORDER BY (c.code OPERATOR(pg_catalog.=) pg_catalog.upper(c.code)) DESC,
                               c.date_created,
                               c.uuid))[1],
                  (pg_catalog.array_agg(c.code ORDER BY c.date_created, c.uuid))[1]) AS codes,
              pg_catalog.row_number() OVER (ORDER BY pg_catalog.upper(c.code)) AS place
         FROM host.phoenix_kit_referral_codes AS c
        GROUP BY pg_catalog.upper(c.code)
       HAVING pg_catalog.count(*) OPERATOR(pg_catalog.>) 1)
SELECT pg_catalog.count(*),
       pg_catalog.string_agg(colliding.codes, '; ' ORDER BY colliding.place)
           FILTER (WHERE colliding.place OPERATOR(pg_catalog.<=) 3)
  FROM colliding
