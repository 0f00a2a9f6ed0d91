-- Of those, what stripes have leased and nobody has used.
SELECT coalesce(pg_catalog.sum(s.uses_left), 0::pg_catalog.int8)
  FROM host.referral_stripes AS s
  JOIN host.phoenix_kit_referral_codes AS c
    ON c.uuid OPERATOR(pg_catalog.=) s.code_uuid
  LEFT JOIN host.referral_code_programs AS p
    ON p.code_uuid OPERATOR(pg_catalog.=) c.uuid
 WHERE p.program OPERATOR(pg_catalog.=) $1
    OR (p.program IS NULL
        AND c.beneficiary_uuid IS NOT NULL
        AND $2)
