-- Codes with more counted usages than they may have: how many, and a few of them.
  WITH counted AS (
       SELECT u.code_uuid,
              pg_catalog.count(*) AS usages
         FROM host.phoenix_kit_referral_code_usage AS u
        GROUP BY u.code_uuid),
       over AS (
       SELECT c.code,
              counted.usages,
              c.max_uses,
              pg_catalog.row_number() OVER (ORDER BY c.date_created, c.uuid) AS place
         FROM host.phoenix_kit_referral_codes AS c,
              counted
        WHERE counted.code_uuid OPERATOR(pg_catalog.=) c.uuid
          AND counted.usages OPERATOR(pg_catalog.>) c.max_uses)
SELECT pg_catalog.count(*),
       pg_catalog.string_agg(
           pg_catalog.format('"%s" %s of %s', over.code, over.usages, over.max_uses),
           ', ' ORDER BY over.place)
           FILTER (WHERE over.place OPERATOR(pg_catalog.<=) 3)
  FROM over
