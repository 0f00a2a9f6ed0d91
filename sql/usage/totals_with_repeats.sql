SELECT pg_catalog.count(*),
       pg_catalog.count(DISTINCT u.used_by_uuid)
  FROM host.phoenix_kit_referral_code_usage AS u
 WHERE u.code_uuid OPERATOR(pg_catalog.=) $1
