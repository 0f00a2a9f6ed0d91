-- Names of deliveries for consumers that are gone, written by who did not see them go: by steps through the primary
-- key, from a name to the next.
  WITH RECURSIVE names AS (
       SELECT pg_catalog.min(d.consumer) AS consumer
         FROM host.referral_event_deliveries AS d
        UNION ALL
       SELECT (SELECT pg_catalog.min(d.consumer)
                 FROM host.referral_event_deliveries AS d
                WHERE d.consumer OPERATOR(pg_catalog.>) n.consumer)
         FROM names AS n
        WHERE n.consumer IS NOT NULL)
SELECT n.consumer
  FROM names AS n
 WHERE n.consumer IS NOT NULL
   AND NOT EXISTS (
       SELECT 1
         FROM host.referral_event_consumers AS c
        WHERE c.consumer OPERATOR(pg_catalog.=) n.consumer)
