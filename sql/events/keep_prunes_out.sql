-- Until the transaction ends; false where one is running, or waits for others who fill in. $1 is the schema.
SELECT pg_catalog.pg_try_advisory_xact_lock_shared(
           pg_catalog.hashtext('referral_prune_events'),
           pg_catalog.hashtext($1))
