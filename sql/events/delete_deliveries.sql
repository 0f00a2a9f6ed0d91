DELETE FROM host.referral_event_deliveries AS d
 WHERE d.consumer OPERATOR(pg_catalog.=) $1
   AND d.event_id OPERATOR(pg_catalog.=) ANY ($2)
   AND d.event_id OPERATOR(pg_catalog.>=) $3
   AND d.event_id OPERATOR(pg_catalog.<=) $4
RETURNING d.event_id
