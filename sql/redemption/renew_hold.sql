UPDATE host.referral_holds AS h
   SET expires_at = $2,
       is_counted = true
 WHERE h.hold_uuid OPERATOR(pg_catalog.=) $1
