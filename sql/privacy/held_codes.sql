SELECT h.code_uuid
  FROM host.referral_holds AS h
 WHERE h.user_uuid OPERATOR(pg_catalog.=) $1
