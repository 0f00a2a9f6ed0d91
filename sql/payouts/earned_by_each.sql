-- $3 the moment: what is held until later is left out.
SELECT r.user_uuid,
       pg_catalog.sum(r.amount)
  FROM host.referral_rewards AS r
 WHERE r.user_uuid OPERATOR(pg_catalog.=) ANY ($1)
   AND r.currency OPERATOR(pg_catalog.=) $2
   AND r.available_at OPERATOR(pg_catalog.<=) $3
 GROUP BY r.user_uuid
