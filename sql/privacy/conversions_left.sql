SELECT v.uuid
  FROM host.referral_conversions AS v
 WHERE v.referrer_uuid OPERATOR(pg_catalog.=) $1
    OR v.referee_uuid OPERATOR(pg_catalog.=) $1
