-- Which of the users have redeemed another code of the program; $4: the program takes codes with a beneficiary
-- that are assigned to none.
SELECT u.used_by_uuid
  FROM host.phoenix_kit_referral_code_usage AS u
  JOIN host.phoenix_kit_referral_codes AS c
    ON c.uuid OPERATOR(pg_catalog.=) u.code_uuid
  LEFT JOIN host.referral_code_programs AS p
    ON p.code_uuid OPERATOR(pg_catalog.=) u.code_uuid
 WHERE u.used_by_uuid OPERATOR(pg_catalog.=) ANY ($1)
   AND u.code_uuid OPERATOR(pg_catalog.<>) $3
   AND (p.program OPERATOR(pg_catalog.=) $2
        OR ($4
            AND p.program IS NULL
            AND c.beneficiary_uuid IS NOT NULL))
