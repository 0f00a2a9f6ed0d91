-- One prune at a time, and nobody meanwhile who fills in events that it deletes. $1 is the schema.
SELECT pg_catalog.pg_advisory_xact_lock(
           pg_catalog.hashtext('referral_prune_events'),
           pg_catalog.hashtext($1))
