-- The uses that a program counts for holds which have expired by $2; $3: the program takes codes with a beneficiary
-- that are assigned to none. OFFSET keeps the planner from joining all codes with the few that are held.
SELECT pg_catalog.count(*)
  FROM host.referral_holds AS h
 CROSS JOIN LATERAL (
       SELECT f.beneficiary_uuid
         FROM host.phoenix_kit_referral_codes AS f
        WHERE f.uuid OPERATOR(pg_catalog.=) h.code_uuid
       OFFSET 0) AS c
  LEFT JOIN LATERAL (
       SELECT a.program
         FROM host.referral_code_programs AS a
        WHERE a.code_uuid OPERATOR(pg_catalog.=) h.code_uuid
       OFFSET 0) AS p
    ON true
 WHERE h.is_counted
   AND h.expires_at OPERATOR(pg_catalog.<=) $2
   AND (p.program OPERATOR(pg_catalog.=) $1
        OR ($3
            AND p.program IS NULL
            AND c.beneficiary_uuid IS NOT NULL))
