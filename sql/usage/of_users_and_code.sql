-- The uses of a code by some users, of each user the earliest first; old data may hold several.
SELECT u.used_by_uuid,
       u.uuid
  FROM host.phoenix_kit_referral_code_usage AS u
 WHERE u.code_uuid OPERATOR(pg_catalog.=) $1
   AND u.used_by_uuid OPERATOR(pg_catalog.=) ANY ($2)
 ORDER BY u.date_used,
          u.uuid
