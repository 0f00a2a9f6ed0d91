-- In the order given: ids follow it.
INSERT INTO host.referral_events AS e (type, payload, created_at)
SELECT $1,
       new.payload,
       $3
  FROM pg_catalog.unnest($2) WITH ORDINALITY AS new (payload, place)
 ORDER BY new.place
RETURNING e.id
