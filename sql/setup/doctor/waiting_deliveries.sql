-- Consumers for which events wait, those among them that are still to be filled in: the name, how many, how many
-- seconds the first is old, and how many ago it polled last.
SELECT c.consumer,
       waiting.deliveries OPERATOR(pg_catalog.+) unfilled.events,
       pg_catalog.floor(EXTRACT(epoch FROM pg_catalog.statement_timestamp()
                                           OPERATOR(pg_catalog.-) oldest.created_at))::pg_catalog.int8,
       pg_catalog.floor(EXTRACT(epoch FROM pg_catalog.statement_timestamp()
                                           OPERATOR(pg_catalog.-) c.last_poll))::pg_catalog.int8
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
       JOIN host.referral_events AS oldest
         ON oldest.id OPERATOR(pg_catalog.=) LEAST(waiting.first, unfilled.first)
 ORDER BY c.consumer
