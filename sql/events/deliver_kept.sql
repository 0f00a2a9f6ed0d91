-- Of events that are kept, for a consumer that may have no delivery of them.
INSERT INTO host.referral_event_deliveries (consumer, event_id, leased_until)
SELECT $1,
       kept.event_id,
       '-infinity'::pg_catalog.timestamptz
  FROM pg_catalog.unnest($2) AS kept (event_id)
    ON CONFLICT DO NOTHING
