-- One worker makes a consumer known; false where another is at it. $1 is the schema, $2 the consumer.
SELECT pg_catalog.pg_try_advisory_xact_lock(
           pg_catalog.hashtext('referral_poll_events'),
           pg_catalog.hashtext($1 OPERATOR(pg_catalog.||) '.' OPERATOR(pg_catalog.||) $2))
