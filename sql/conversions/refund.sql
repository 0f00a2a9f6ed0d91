SELECT f.*
  FROM host.referral_refunds AS f
 WHERE f.source_type OPERATOR(pg_catalog.=) $1
   AND f.source_ref OPERATOR(pg_catalog.=) $2
   AND f.refund_ref OPERATOR(pg_catalog.=) $3
