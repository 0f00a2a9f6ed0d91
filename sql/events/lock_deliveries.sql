-- In the order of their ids, so that two workers who acknowledge the same events do not deadlock. Not those that are
-- acknowledged.
SELECT d.event_id
  FROM host.referral_event_deliveries AS d
 WHERE d.consumer OPERATOR(pg_catalog.=) $1
   AND d.event_id OPERATOR(pg_catalog.=) ANY ($2)
   AND d.event_id OPERATOR(pg_catalog.>=) $3
   AND d.event_id OPERATOR(pg_catalog.<=) $4
   AND d.leased_until OPERATOR(pg_catalog.<) 'infinity'::pg_catalog.timestamptz
 ORDER BY d.event_id
   FOR UPDATE
