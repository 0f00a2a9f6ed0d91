-- What the counters of all codes of a program say: those assigned to it and, for the default program ($2), those with a
-- beneficiary that are assigned to none.
SELECT coalesce(pg_catalog.sum(c.number_of_uses), 0::pg_catalog.int8)
  FROM host.phoenix_kit_referral_codes AS c
  LEFT JOIN host.referral_code_programs AS p
    ON p.code_uuid OPERATOR(pg_catalog.=) c.uuid
 WHERE p.program OPERATOR(pg_catalog.=) $1
    OR (p.program IS NULL
        AND c.beneficiary_uuid IS NOT NULL
        AND $2)
