-- The oldest code of a program whose beneficiary is the user. A code that is assigned to no program belongs to
-- the default program ($3).
SELECT c.*
  FROM host.phoenix_kit_referral_codes AS c
  LEFT JOIN host.referral_code_programs AS p
    ON p.code_uuid OPERATOR(pg_catalog.=) c.uuid
 WHERE c.beneficiary_uuid OPERATOR(pg_catalog.=) $1
   AND coalesce(p.program, $3) OPERATOR(pg_catalog.=) $2
 ORDER BY c.date_created,
          c.uuid
 LIMIT 1
