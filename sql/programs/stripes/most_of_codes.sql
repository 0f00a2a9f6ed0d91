-- The stripes of that code of a program which has most; $2: the program takes codes with a beneficiary that are
-- assigned to none.
  WITH striped AS (
       SELECT s.code_uuid,
              pg_catalog.count(*) AS stripes
         FROM host.referral_stripes AS s
        GROUP BY s.code_uuid)
SELECT pg_catalog.max(striped.stripes)
  FROM striped
  JOIN host.phoenix_kit_referral_codes AS c
    ON c.uuid OPERATOR(pg_catalog.=) striped.code_uuid
  LEFT JOIN host.referral_code_programs AS p
    ON p.code_uuid OPERATOR(pg_catalog.=) striped.code_uuid
 WHERE p.program OPERATOR(pg_catalog.=) $1
    OR (p.program IS NULL
        AND c.beneficiary_uuid IS NOT NULL
        AND $2)
