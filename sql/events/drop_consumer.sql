DELETE FROM host.referral_event_consumers AS c
 WHERE c.consumer OPERATOR(pg_catalog.=) $1
