SELECT h.code_uuid,
       h.user_uuid
  FROM host.referral_holds AS h
 WHERE h.hold_uuid OPERATOR(pg_catalog.=) $1
