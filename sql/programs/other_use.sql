-- Whether the user has redeemed another code of the program; $4: the program takes codes with a beneficiary
-- that are assigned to none. Ordered and bounded as usage/exists_of_user.sql says; OFFSET keeps the planner from joining
-- whole tables.
SELECT u.uuid
  FROM host.phoenix_kit_referral_code_usage AS u
 CROSS JOIN LATERAL (
       SELECT f.beneficiary_uuid
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
   AND u.code_uuid OPERATOR(pg_catalog.<>) $3
   AND (p.program OPERATOR(pg_catalog.=) $2
        OR ($4
            AND p.program IS NULL
            AND c.beneficiary_uuid IS NOT NULL))
 ORDER BY u.used_by_uuid
 LIMIT 1
