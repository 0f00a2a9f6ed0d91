-- Codes whose counter differs from their counted usages: how many, and a few of them.
  WITH counted AS (
       SELECT u.code_uuid,
              pg_catalog.count(*) AS usages
         FROM host.phoenix_kit_referral_code_usage AS u
        GROUP BY u.code_uuid),
       drifted AS (
       SELECT c.code,
              c.number_of_uses,
              coalesce(counted.usages, 0) AS usages,
              pg_catalog.row_number() OVER (ORDER BY c.date_created, c.uuid) AS place
         FROM host.phoenix_kit_referral_codes AS c
              LEFT JOIN counted
                     ON counted.code_uuid OPERATOR(pg_catalog.=) c.uuid
        WHERE c.number_of_uses OPERATOR(pg_catalog.<>) coalesce(counted.usages, 0))
SELECT pg_catalog.count(*),
       pg_catalog.string_agg(
           pg_catalog.format('"%s" says %s, has %s', drifted.code, drifted.number_of_uses, drifted.usages),
           ', ' ORDER BY drifted.place)
           FILTER (WHERE drifted.place OPERATOR(pg_catalog.<=) 3)
  FROM drifted
