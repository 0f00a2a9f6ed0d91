UPDATE host.referral_code_programs AS p
   SET owner_uuid = $2
 WHERE p.owner_uuid OPERATOR(pg_catalog.=) $1
