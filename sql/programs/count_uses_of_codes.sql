-- The same of those of the codes $3 that are in the program, and how many of these codes there are.
SELECT coalesce(
           pg_catalog.sum(c.number_of_uses)
               FILTER (WHERE p.program OPERATOR(pg_catalog.=) $1
                          OR (p.program IS NULL
                              AND c.beneficiary_uuid IS NOT NULL
                              AND $2)),
           0::pg_catalog.int8),
       pg_catalog.count(*)
  FROM host.phoenix_kit_referral_codes AS c
  LEFT JOIN host.referral_code_programs AS p
    ON p.code_uuid OPERATOR(pg_catalog.=) c.uuid
 WHERE c.uuid OPERATOR(pg_catalog.=) ANY ($3)
