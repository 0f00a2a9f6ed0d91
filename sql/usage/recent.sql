SELECT u.*
  FROM host.phoenix_kit_referral_code_usage AS u
 ORDER BY u.date_used DESC
 LIMIT $1
