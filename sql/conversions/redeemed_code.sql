-- Whom a code leads to, and where.
SELECT c.code,
       c.beneficiary_uuid,
       p.program,
       p.owner_type
  FROM host.phoenix_kit_referral_codes AS c
  LEFT JOIN host.referral_code_programs AS p
    ON p.code_uuid OPERATOR(pg_catalog.=) c.uuid
 WHERE c.uuid OPERATOR(pg_catalog.=) $1
