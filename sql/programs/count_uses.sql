-- The uses of all codes of a program, without what stripes have leased: those assigned to it and, for the default
-- program ($2), those with a beneficiary that are assigned to none.
SELECT pg_catalog.sum(
           c.number_of_uses OPERATOR(pg_catalog.-) coalesce(
               (SELECT pg_catalog.sum(s.uses_left)
                  FROM host.referral_stripes AS s
                 WHERE s.code_uuid OPERATOR(pg_catalog.=) c.uuid),
               0::pg_catalog.int8))::pg_catalog.int8
  FROM host.phoenix_kit_referral_codes AS c
  LEFT JOIN host.referral_code_programs AS p
    ON p.code_uuid OPERATOR(pg_catalog.=) c.uuid
 WHERE p.program OPERATOR(pg_catalog.=) $1
    OR (p.program IS NULL
        AND c.beneficiary_uuid IS NOT NULL
        AND $2)
