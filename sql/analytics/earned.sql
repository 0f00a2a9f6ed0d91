-- What the ledger says of a user in a program and a currency.
SELECT coalesce(pg_catalog.sum(r.amount), 0::pg_catalog.numeric)
  FROM host.referral_rewards AS r
 WHERE r.user_uuid OPERATOR(pg_catalog.=) $1
   AND r.currency OPERATOR(pg_catalog.=) $3
   AND r.program OPERATOR(pg_catalog.=) $2
