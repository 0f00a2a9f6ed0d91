UPDATE host.referral_payees AS r
   SET user_uuid = $2
 WHERE r.user_uuid OPERATOR(pg_catalog.=) $1
