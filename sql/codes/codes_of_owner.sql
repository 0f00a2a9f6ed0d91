SELECT p.code_uuid
  FROM host.referral_code_programs AS p
 WHERE p.owner_uuid OPERATOR(pg_catalog.=) $1
   AND p.program OPERATOR(pg_catalog.=) $2
   AND p.owner_type OPERATOR(pg_catalog.=) $3
