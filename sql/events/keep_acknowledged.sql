-- Never free again, and there for whoever fills in to pass over.
UPDATE host.referral_event_deliveries AS d
   SET leased_until = 'infinity'::pg_catalog.timestamptz
 WHERE d.consumer OPERATOR(pg_catalog.=) $1
   AND d.event_id OPERATOR(pg_catalog.=) ANY ($2)
   AND d.event_id OPERATOR(pg_catalog.>=) $3
   AND d.event_id OPERATOR(pg_catalog.<=) $4
RETURNING d.event_id
