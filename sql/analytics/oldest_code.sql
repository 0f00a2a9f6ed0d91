-- The oldest code of a program whose beneficiary is the user. A code that is assigned to no program belongs to
-- the default program ($3). The first OFFSET keeps the planner from looking along the
-- codes by date, the other from joining all that are assigned.
SELECT c.*
  FROM (SELECT c.*
          FROM host.phoenix_kit_referral_codes AS c
         WHERE c.beneficiary_uuid OPERATOR(pg_catalog.=) $1
        OFFSET 0) AS c
  LEFT JOIN LATERAL (
       SELECT a.program
         FROM host.referral_code_programs AS a
        WHERE a.code_uuid OPERATOR(pg_catalog.=) c.uuid
       OFFSET 0) AS p
    ON true
 WHERE coalesce(p.program, $3) OPERATOR(pg_catalog.=) $2
 ORDER BY c.date_created,
          c.uuid
 LIMIT 1
