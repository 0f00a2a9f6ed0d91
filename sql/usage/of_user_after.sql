SELECT u.*
  FROM host.phoenix_kit_referral_code_usage AS u
 WHERE u.used_by_uuid OPERATOR(pg_catalog.=) $1
   AND ROW(u.date_used, u.uuid) OPERATOR(pg_catalog.<) ROW($3, $4)
 ORDER BY u.date_used DESC,
          u.uuid DESC
 LIMIT $2
