-- Of the events just written, one delivery for each consumer.
INSERT INTO host.referral_event_deliveries (consumer, event_id, leased_until)
SELECT c.consumer,
       new.event_id,
       '-infinity'::pg_catalog.timestamptz
  FROM host.referral_event_consumers AS c
       CROSS JOIN pg_catalog.unnest($1) AS new (event_id)
