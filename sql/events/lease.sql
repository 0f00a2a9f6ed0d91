UPDATE host.referral_event_deliveries AS d
   SET leased_until = $5,
       attempts = d.attempts OPERATOR(pg_catalog.+) 1
 WHERE d.consumer OPERATOR(pg_catalog.=) $1
   AND d.event_id OPERATOR(pg_catalog.=) ANY ($2)
   AND d.event_id OPERATOR(pg_catalog.>=) $3
   AND d.event_id OPERATOR(pg_catalog.<=) $4
RETURNING d.event_id, d.attempts
