-- Setups of one schema queue here, before any of them has locked a table.
SELECT pg_catalog.pg_advisory_xact_lock(
           pg_catalog.hashtext('referral_setup'),
           pg_catalog.hashtext($1))
