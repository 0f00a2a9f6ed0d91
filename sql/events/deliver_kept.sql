-- Of every event that is still kept, a delivery for a new consumer.
INSERT INTO host.referral_event_deliveries (consumer, event_id, leased_until)
SELECT $1,
       e.id,
       '-infinity'::pg_catalog.timestamptz
  FROM host.referral_events AS e
    ON CONFLICT DO NOTHING
