-- Save those that somebody is leasing or acknowledging at this moment: no delivery is left without its event.
DELETE FROM host.referral_events AS e
 WHERE e.id OPERATOR(pg_catalog.=) ANY ($1)
   AND NOT EXISTS (
       SELECT 1
         FROM host.referral_event_consumers AS c
              JOIN host.referral_event_deliveries AS d
                ON d.consumer OPERATOR(pg_catalog.=) c.consumer
        WHERE d.event_id OPERATOR(pg_catalog.=) e.id)
