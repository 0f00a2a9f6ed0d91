UPDATE host.referral_decisions AS d
   SET by_uuid = $2
 WHERE d.by_uuid OPERATOR(pg_catalog.=) $1
   AND d.conversion_uuid OPERATOR(pg_catalog.=) ANY ($3)
