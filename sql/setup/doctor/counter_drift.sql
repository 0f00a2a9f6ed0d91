-- Codes whose counter differs from their counted usages, and what stripes have leased and is held: how many, and
-- a few of them.
  WITH counted AS (
       SELECT u.code_uuid,
              pg_catalog.count(*) AS usages
         FROM host.phoenix_kit_referral_code_usage AS u
        GROUP BY u.code_uuid),
       reserved AS (
       SELECT r.code_uuid,
              pg_catalog.sum(r.uses) AS uses
         FROM (SELECT s.code_uuid,
                      s.uses_left AS uses
                 FROM host.referral_stripes AS s
                UNION ALL
               SELECT h.code_uuid,
                      1
                 FROM host.referral_holds AS h
                WHERE h.is_counted) AS r
        GROUP BY r.code_uuid),
       drifted AS (
       SELECT c.code,
              c.number_of_uses OPERATOR(pg_catalog.-) coalesce(reserved.uses, 0) AS uses,
              coalesce(counted.usages, 0) AS usages,
              pg_catalog.row_number() OVER (ORDER BY c.date_created, c.uuid) AS place
         FROM host.phoenix_kit_referral_codes AS c
              LEFT JOIN counted
                     ON counted.code_uuid OPERATOR(pg_catalog.=) c.uuid
              LEFT JOIN reserved
                     ON reserved.code_uuid OPERATOR(pg_catalog.=) c.uuid
        WHERE c.number_of_uses
              OPERATOR(pg_catalog.<>) (coalesce(counted.usages, 0) OPERATOR(pg_catalog.+) coalesce(reserved.uses, 0)))
SELECT pg_catalog.count(*),
       pg_catalog.string_agg(
           pg_catalog.format('"%s" says %s, has %s', drifted.code, drifted.uses, drifted.usages),
           ', ' ORDER BY drifted.place)
           FILTER (WHERE drifted.place OPERATOR(pg_catalog.<=) 3)
  FROM drifted
