-- How a person was referred: by the earliest redemption before the moment $4 of a code that has a referrer; with $5 of
-- those whose program ran then and whose window was open. A code with a referrer that is assigned to no program belongs
-- to the default program ($2). The person's own code refers nobody, unless a setting allows it ($3). Ordered and bounded
-- as tree/referrer.sql says.
SELECT c.uuid,
       c.code,
       c.beneficiary_uuid,
       g.key,
       p.owner_type,
       u.date_used
  FROM host.phoenix_kit_referral_code_usage AS u
 CROSS JOIN LATERAL (
       SELECT f.uuid,
              f.code,
              f.beneficiary_uuid
         FROM host.phoenix_kit_referral_codes AS f
        WHERE f.uuid OPERATOR(pg_catalog.=) u.code_uuid
       OFFSET 0) AS c
  LEFT JOIN LATERAL (
       SELECT a.program,
              a.owner_type
         FROM host.referral_code_programs AS a
        WHERE a.code_uuid OPERATOR(pg_catalog.=) u.code_uuid
       OFFSET 0) AS p
    ON true
 CROSS JOIN LATERAL (
       SELECT k.key,
              k.status,
              k.starts_at,
              k.ends_at,
              k.attribution_window
         FROM host.referral_programs AS k
        WHERE k.key OPERATOR(pg_catalog.=) coalesce(p.program, $2)
       OFFSET 0) AS g
 WHERE u.used_by_uuid OPERATOR(pg_catalog.>=) $1
   AND u.used_by_uuid OPERATOR(pg_catalog.<=) $1
   AND u.date_used OPERATOR(pg_catalog.<=) $4
   AND (c.beneficiary_uuid OPERATOR(pg_catalog.<>) $1
        OR ($3
            AND c.beneficiary_uuid IS NOT NULL))
   AND (NOT $5
        OR (g.status OPERATOR(pg_catalog.=) 'active'
            AND (g.starts_at IS NULL
                 OR g.starts_at OPERATOR(pg_catalog.<=) $4)
            AND (g.ends_at IS NULL
                 OR g.ends_at OPERATOR(pg_catalog.>) $4)
            AND (g.attribution_window IS NULL
                 OR (u.date_used OPERATOR(pg_catalog.+) g.attribution_window) OPERATOR(pg_catalog.>) $4)))
 ORDER BY u.used_by_uuid,
          u.date_used,
          u.uuid
 LIMIT 1
