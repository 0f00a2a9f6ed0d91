-- The code of a user's earliest redemption in a program. A code that is assigned to no program belongs to the
-- default program ($3). Ordered and bounded as tree/referrer.sql says.
SELECT c.code
  FROM host.phoenix_kit_referral_code_usage AS u
 CROSS JOIN LATERAL (
       SELECT f.code,
              f.beneficiary_uuid
         FROM host.phoenix_kit_referral_codes AS f
        WHERE f.uuid OPERATOR(pg_catalog.=) u.code_uuid
       OFFSET 0) AS c
  LEFT JOIN LATERAL (
       SELECT a.program
         FROM host.referral_code_programs AS a
        WHERE a.code_uuid OPERATOR(pg_catalog.=) u.code_uuid
       OFFSET 0) AS p
    ON true
 WHERE u.used_by_uuid OPERATOR(pg_catalog.>=) $1
   AND u.used_by_uuid OPERATOR(pg_catalog.<=) $1
   AND c.beneficiary_uuid IS NOT NULL
   AND coalesce(p.program, $3) OPERATOR(pg_catalog.=) $2
 ORDER BY u.used_by_uuid,
          u.date_used,
          u.uuid
 LIMIT 1
