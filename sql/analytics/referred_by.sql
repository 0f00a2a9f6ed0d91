-- The code of a user's earliest redemption in a program. A code that is assigned to no program belongs to the
-- default program ($3). The first OFFSET keeps the planner from looking along an index of all dates, the others from
-- joining whole tables, as it would before they are analyzed.
SELECT c.code
  FROM (SELECT r.uuid,
               r.code_uuid,
               r.date_used
          FROM host.phoenix_kit_referral_code_usage AS r
         WHERE r.used_by_uuid OPERATOR(pg_catalog.=) $1
         ORDER BY r.date_used,
                  r.uuid
        OFFSET 0) AS u
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
 WHERE c.beneficiary_uuid IS NOT NULL
   AND coalesce(p.program, $3) OPERATOR(pg_catalog.=) $2
 ORDER BY u.date_used,
          u.uuid
 LIMIT 1
