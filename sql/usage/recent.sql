SELECT u.uuid,
       u.code_uuid,
       u.used_by_uuid,
       u.date_used
  FROM host.phoenix_kit_referral_code_usage AS u
 ORDER BY u.date_used DESC
 LIMIT $1
