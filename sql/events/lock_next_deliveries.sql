-- A consumer's next deliveries, in the order of their ids.
SELECT d.event_id
  FROM host.referral_event_deliveries AS d
 WHERE d.consumer OPERATOR(pg_catalog.=) $1
   AND d.event_id OPERATOR(pg_catalog.>) $2
 ORDER BY d.event_id
 LIMIT $3
   FOR UPDATE
