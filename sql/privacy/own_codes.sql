-- Codes that bring somebody to the person, and will not from now on.
SELECT c.uuid,
       c.code
  FROM host.phoenix_kit_referral_codes AS c
 WHERE c.uuid OPERATOR(pg_catalog.=) ANY ($2)
   AND c.beneficiary_uuid OPERATOR(pg_catalog.=) $1
   AND c.status
 ORDER BY c.uuid
