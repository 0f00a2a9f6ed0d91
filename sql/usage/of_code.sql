SELECT u.*
  FROM host.phoenix_kit_referral_code_usage AS u
 WHERE u.code_uuid OPERATOR(pg_catalog.=) $1
 ORDER BY u.date_used DESC,
          u.uuid DESC
 LIMIT $2
