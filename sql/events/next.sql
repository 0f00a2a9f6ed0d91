SELECT e.id
  FROM host.referral_events AS e
 WHERE e.id OPERATOR(pg_catalog.>) $1
   AND e.id OPERATOR(pg_catalog.<=) $2
 ORDER BY e.id
 LIMIT $3
