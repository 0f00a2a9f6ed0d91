SELECT v.*
  FROM host.referral_conversions AS v
 WHERE v.source_type OPERATOR(pg_catalog.=) $1
   AND v.source_ref OPERATOR(pg_catalog.=) $2
