UPDATE host.referral_terms AS o
   SET owner_uuid = $2
 WHERE o.owner_uuid OPERATOR(pg_catalog.=) $1
