DELETE FROM host.referral_code_programs AS p
 WHERE p.code_uuid OPERATOR(pg_catalog.=) $1
