SELECT p.*
  FROM host.referral_payouts AS p
 WHERE p.batch_ref OPERATOR(pg_catalog.=) $1
 ORDER BY p.user_uuid
