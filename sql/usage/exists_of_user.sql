SELECT 1
  FROM host.phoenix_kit_referral_code_usage AS u
 WHERE u.used_by_uuid OPERATOR(pg_catalog.=) $1
 LIMIT 1
