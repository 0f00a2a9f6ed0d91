UPDATE host.referral_code_programs AS p
   SET program = $2,
       owner_uuid = NULL
 WHERE p.code_uuid OPERATOR(pg_catalog.=) $1
