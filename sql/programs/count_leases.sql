-- Of those, what stripes have leased and nobody has used. OFFSET keeps the planner from joining all codes with the few
-- that have stripes.
SELECT coalesce(pg_catalog.sum(s.uses_left), 0::pg_catalog.int8)
  FROM host.referral_stripes AS s
 CROSS JOIN LATERAL (
       SELECT f.beneficiary_uuid
         FROM host.phoenix_kit_referral_codes AS f
        WHERE f.uuid OPERATOR(pg_catalog.=) s.code_uuid
       OFFSET 0) AS c
  LEFT JOIN LATERAL (
       SELECT a.program
         FROM host.referral_code_programs AS a
        WHERE a.code_uuid OPERATOR(pg_catalog.=) s.code_uuid
       OFFSET 0) AS p
    ON true
 WHERE p.program OPERATOR(pg_catalog.=) $1
    OR (p.program IS NULL
        AND c.beneficiary_uuid IS NOT NULL
        AND $2)
