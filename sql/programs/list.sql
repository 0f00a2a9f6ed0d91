SELECT p.*
  FROM host.referral_programs AS p
 ORDER BY p.created_at,
          p.key
