DELETE FROM host.referral_code_metadata AS m
 WHERE m.code_uuid OPERATOR(pg_catalog.=) $1
