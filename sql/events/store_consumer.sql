UPDATE host.referral_event_consumers AS c
   SET last_poll = $2,
       filled_to = $3,
       fill_to = $4,
       since = $5,
       awaits = $6
 WHERE c.consumer OPERATOR(pg_catalog.=) $1
