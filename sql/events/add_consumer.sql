-- Awaited first: the transaction that adds it, before whose end nobody sees it.
INSERT INTO host.referral_event_consumers (consumer, created_at, filled_to, fill_to, awaits)
VALUES ($1, $2, $3, $4, ARRAY[pg_catalog.pg_current_xact_id()::pg_catalog.xid::pg_catalog.text])
    ON CONFLICT DO NOTHING
