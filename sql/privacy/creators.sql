UPDATE host.referral_code_creators AS r
   SET creator_uuid = $2
 WHERE r.creator_uuid OPERATOR(pg_catalog.=) $1
