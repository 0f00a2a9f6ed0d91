UPDATE host.phoenix_kit_referral_code_usage AS u
   SET used_by_uuid = $2
 WHERE u.used_by_uuid OPERATOR(pg_catalog.=) $1
