-- Codes used more often than they may be: how many, and a few of them.
  WITH over AS (
       SELECT c.code,
              c.number_of_uses,
              c.max_uses,
              pg_catalog.row_number() OVER (ORDER BY c.date_created, c.uuid) AS place
         FROM host.phoenix_kit_referral_codes AS c
        WHERE c.number_of_uses OPERATOR(pg_catalog.>) c.max_uses)
SELECT pg_catalog.count(*),
       pg_catalog.string_agg(
           pg_catalog.format('"%s" %s of %s', over.code, over.number_of_uses, over.max_uses),
           ', ' ORDER BY over.place)
           FILTER (WHERE over.place OPERATOR(pg_catalog.<=) 3)
  FROM over
