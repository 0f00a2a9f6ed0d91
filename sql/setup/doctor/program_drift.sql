-- Programs with a cap whose counter differs from the uses of their codes: how many, and a few of them.
  WITH leased AS (
       SELECT s.code_uuid,
              pg_catalog.sum(s.uses_left) AS uses
         FROM host.referral_stripes AS s
        GROUP BY s.code_uuid),
       members AS (
       SELECT coalesce(p.program, 'default') AS program,
              c.number_of_uses OPERATOR(pg_catalog.-) coalesce(leased.uses, 0::pg_catalog.int8) AS number_of_uses
         FROM host.phoenix_kit_referral_codes AS c
              LEFT JOIN host.referral_code_programs AS p
                     ON p.code_uuid OPERATOR(pg_catalog.=) c.uuid
              LEFT JOIN leased
                     ON leased.code_uuid OPERATOR(pg_catalog.=) c.uuid
        WHERE p.program IS NOT NULL
           OR c.beneficiary_uuid IS NOT NULL),
       counted AS (
       SELECT m.program,
              pg_catalog.sum(m.number_of_uses) AS uses
         FROM members AS m
        GROUP BY m.program),
       lent AS (
       SELECT s.program,
              pg_catalog.sum(s.uses_left) AS uses
         FROM host.referral_program_stripes AS s
        GROUP BY s.program),
       told AS (
       SELECT g.key,
              g.number_of_uses OPERATOR(pg_catalog.-) coalesce(lent.uses, 0::pg_catalog.int8) AS number_of_uses
         FROM host.referral_programs AS g
              LEFT JOIN lent
                     ON lent.program OPERATOR(pg_catalog.=) g.key
        WHERE g.max_uses_total IS NOT NULL),
       drifted AS (
       SELECT g.key,
              g.number_of_uses,
              coalesce(counted.uses, 0::pg_catalog.numeric) AS uses,
              pg_catalog.row_number() OVER (ORDER BY g.key) AS place
         FROM told AS g
              LEFT JOIN counted
                     ON counted.program OPERATOR(pg_catalog.=) g.key
        WHERE g.number_of_uses OPERATOR(pg_catalog.<>) coalesce(counted.uses, 0::pg_catalog.numeric))
SELECT pg_catalog.count(*),
       pg_catalog.string_agg(
           pg_catalog.format('"%s" says %s, its codes have %s', drifted.key, drifted.number_of_uses, drifted.uses),
           ', ' ORDER BY drifted.place)
           FILTER (WHERE drifted.place OPERATOR(pg_catalog.<=) 3)
  FROM drifted
