-- Save what somebody is acknowledging at this moment, by what the consumer was before: that goes with its events.
DELETE FROM host.referral_event_deliveries AS d
 WHERE d.consumer OPERATOR(pg_catalog.=) $1
   AND d.leased_until OPERATOR(pg_catalog.=) 'infinity'::pg_catalog.timestamptz
