-- A batch of old events, by id.
SELECT e.id
  FROM host.referral_events AS e
 WHERE e.created_at OPERATOR(pg_catalog.<) $1
   AND e.id OPERATOR(pg_catalog.>) $2
   AND e.id OPERATOR(pg_catalog.<=) $3
 ORDER BY e.id
 LIMIT $4
