SELECT o.*
  FROM host.referral_terms AS o
 WHERE o.owner_uuid OPERATOR(pg_catalog.=) $1
   AND o.program OPERATOR(pg_catalog.=) $2
   AND o.owner_type OPERATOR(pg_catalog.=) $3
