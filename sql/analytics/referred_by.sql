-- The code of a user's earliest redemption in a program. A code that is assigned to no program belongs to the
-- default program ($3). Materialized, or the planner might look for the earliest along an index of all dates.
  WITH redemptions AS MATERIALIZED (
       SELECT c.code,
              u.date_used,
              u.uuid
         FROM host.phoenix_kit_referral_code_usage AS u
         JOIN host.phoenix_kit_referral_codes AS c
           ON c.uuid OPERATOR(pg_catalog.=) u.code_uuid
         LEFT JOIN host.referral_code_programs AS p
           ON p.code_uuid OPERATOR(pg_catalog.=) c.uuid
        WHERE u.used_by_uuid OPERATOR(pg_catalog.=) $1
          AND c.beneficiary_uuid IS NOT NULL
          AND coalesce(p.program, $3) OPERATOR(pg_catalog.=) $2)
SELECT r.code
  FROM redemptions AS r
 ORDER BY r.date_used,
          r.uuid
 LIMIT 1
