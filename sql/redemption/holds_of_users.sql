SELECT h.user_uuid,
       h.hold_uuid,
       h.is_counted
  FROM host.referral_holds AS h
 WHERE h.code_uuid OPERATOR(pg_catalog.=) $1
   AND h.user_uuid OPERATOR(pg_catalog.=) ANY ($2)
