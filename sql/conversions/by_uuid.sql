SELECT v.*
  FROM host.referral_conversions AS v
 WHERE v.uuid OPERATOR(pg_catalog.=) $1
