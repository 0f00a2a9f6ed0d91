SELECT p.*
  FROM host.referral_payouts AS p
 WHERE p.payout_ref OPERATOR(pg_catalog.=) $1
   FOR NO KEY UPDATE
