SELECT coalesce(pg_catalog.sum(r.amount), 0::pg_catalog.numeric)
  FROM host.referral_rewards AS r
 WHERE r.program OPERATOR(pg_catalog.=) $1
   AND r.currency OPERATOR(pg_catalog.=) $2
