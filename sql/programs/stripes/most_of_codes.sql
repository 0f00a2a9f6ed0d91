-- The stripes of that code of a program which has most; $2: the program takes codes with a beneficiary that are
-- assigned to none. OFFSET keeps the planner from joining all codes with the few that have stripes.
  WITH striped AS (
       SELECT s.code_uuid,
              pg_catalog.count(*) AS stripes
         FROM host.referral_stripes AS s
        GROUP BY s.code_uuid)
SELECT pg_catalog.max(striped.stripes)
  FROM striped
 CROSS JOIN LATERAL (
       SELECT f.beneficiary_uuid
         FROM host.phoenix_kit_referral_codes AS f
        WHERE f.uuid OPERATOR(pg_catalog.=) striped.code_uuid
       OFFSET 0) AS c
  LEFT JOIN LATERAL (
       SELECT a.program
         FROM host.referral_code_programs AS a
        WHERE a.code_uuid OPERATOR(pg_catalog.=) striped.code_uuid
       OFFSET 0) AS p
    ON true
 WHERE p.program OPERATOR(pg_catalog.=) $1
    OR (p.program IS NULL
        AND c.beneficiary_uuid IS NOT NULL
        AND $2)
