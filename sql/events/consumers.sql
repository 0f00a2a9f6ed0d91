-- Who polls; for each how many events it has not acknowledged, those among them that are still to be filled in, and
-- since when the first of them waits. By the primary keys alone.
SELECT c.consumer,
       waiting.deliveries OPERATOR(pg_catalog.+) unfilled.events,
       (SELECT e.created_at
          FROM host.referral_events AS e
         WHERE e.id OPERATOR(pg_catalog.=) LEAST(waiting.first, unfilled.first)),
       c.last_poll
  FROM host.referral_event_consumers AS c
       CROSS JOIN LATERAL (
       SELECT pg_catalog.count(*) AS deliveries,
              pg_catalog.min(d.event_id) AS first
         FROM host.referral_event_deliveries AS d
        WHERE d.consumer OPERATOR(pg_catalog.=) c.consumer
          AND d.leased_until OPERATOR(pg_catalog.<) 'infinity'::pg_catalog.timestamptz) AS waiting
       CROSS JOIN LATERAL (
       SELECT pg_catalog.count(*) AS events,
              pg_catalog.min(e.id) AS first
         FROM host.referral_events AS e
        WHERE c.since IS NULL
          AND e.id OPERATOR(pg_catalog.>) c.filled_to
          AND e.id OPERATOR(pg_catalog.<=) c.fill_to) AS unfilled
 ORDER BY c.consumer
