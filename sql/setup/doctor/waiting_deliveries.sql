-- Consumers for which events wait: the name, how many, how many seconds the oldest is old.
SELECT d.consumer,
       pg_catalog.count(*),
       pg_catalog.floor(EXTRACT(epoch FROM pg_catalog.statement_timestamp()
                                           OPERATOR(pg_catalog.-) pg_catalog.min(e.created_at)))::pg_catalog.int8
  FROM host.referral_event_deliveries AS d
       JOIN host.referral_events AS e
         ON e.id OPERATOR(pg_catalog.=) d.event_id
 GROUP BY d.consumer
 ORDER BY d.consumer
