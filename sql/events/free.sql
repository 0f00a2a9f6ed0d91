-- The first deliveries that nobody has leased, locked. Those that another worker is leasing are passed over.
SELECT d.event_id
  FROM host.referral_event_deliveries AS d
 WHERE d.consumer OPERATOR(pg_catalog.=) $1
   AND d.leased_until OPERATOR(pg_catalog.<=) $2
   AND d.event_id OPERATOR(pg_catalog.<=) $3
 ORDER BY d.event_id
 LIMIT $4
   FOR UPDATE SKIP LOCKED
