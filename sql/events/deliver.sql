-- Of the events just written, one delivery for each consumer.
INSERT INTO host.referral_event_deliveries (consumer, event_id, leased_until)
SELECT known.consumer,
       new.event_id,
       '-infinity'::pg_catalog.timestamptz
  FROM pg_catalog.unnest($1) AS known (consumer)
       CROSS JOIN pg_catalog.unnest($2) AS new (event_id)
