UPDATE host.referral_rewards AS r
   SET user_uuid = $2
 WHERE r.user_uuid OPERATOR(pg_catalog.=) $1
   AND r.conversion_uuid OPERATOR(pg_catalog.=) ANY ($3)
