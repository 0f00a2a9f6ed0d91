UPDATE host.referral_holds AS h
   SET user_uuid = $2
 WHERE h.user_uuid OPERATOR(pg_catalog.=) $1
