SELECT c.last_poll,
       c.filled_to,
       c.fill_to,
       c.since,
       c.awaits
  FROM host.referral_event_consumers AS c
 WHERE c.consumer OPERATOR(pg_catalog.=) $1
