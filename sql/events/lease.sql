UPDATE host.referral_event_deliveries AS d
   SET leased_until = $3
 WHERE d.consumer OPERATOR(pg_catalog.=) $1
   AND d.event_id OPERATOR(pg_catalog.=) ANY ($2)
