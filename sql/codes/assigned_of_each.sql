SELECT p.code_uuid,
       p.program
  FROM host.referral_code_programs AS p
 WHERE p.code_uuid OPERATOR(pg_catalog.=) ANY ($1)
