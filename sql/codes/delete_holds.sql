DELETE FROM host.referral_holds AS h
 WHERE h.code_uuid OPERATOR(pg_catalog.=) $1
