SELECT v.*
  FROM host.referral_conversions AS v
 ORDER BY v.converted_at DESC,
          v.uuid DESC
 LIMIT $1
