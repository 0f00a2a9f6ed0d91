-- As of_user.sql, from a use on.
SELECT u.*
  FROM host.phoenix_kit_referral_code_usage AS u
 WHERE u.used_by_uuid OPERATOR(pg_catalog.>=) $1
   AND ROW(u.used_by_uuid, u.date_used, u.uuid) OPERATOR(pg_catalog.<) ROW($1, $3, $4)
 ORDER BY u.used_by_uuid DESC,
          u.date_used DESC,
          u.uuid DESC
 LIMIT $2
