SELECT pg_catalog.count(*)
  FROM host.phoenix_kit_referral_code_usage AS u
 WHERE u.code_uuid OPERATOR(pg_catalog.=) $1
