-- Postgres makes one of the equal notifications of a transaction.
SELECT pg_catalog.pg_notify('referral_events', '')
