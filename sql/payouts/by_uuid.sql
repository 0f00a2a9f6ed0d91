SELECT p.*
  FROM host.referral_payouts AS p
 WHERE p.payout_uuid OPERATOR(pg_catalog.=) $1
