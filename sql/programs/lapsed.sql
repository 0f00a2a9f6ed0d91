-- The uses that a program counts for holds which have expired by $2; $3: the program takes codes with a beneficiary
-- that are assigned to none.
SELECT pg_catalog.count(*)
  FROM host.referral_holds AS h
  JOIN host.phoenix_kit_referral_codes AS c
    ON c.uuid OPERATOR(pg_catalog.=) h.code_uuid
  LEFT JOIN host.referral_code_programs AS p
    ON p.code_uuid OPERATOR(pg_catalog.=) h.code_uuid
 WHERE h.is_counted
   AND h.expires_at OPERATOR(pg_catalog.<=) $2
   AND (p.program OPERATOR(pg_catalog.=) $1
        OR ($3
            AND p.program IS NULL
            AND c.beneficiary_uuid IS NOT NULL))
