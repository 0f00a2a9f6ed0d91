-- Of the stripes that nobody is taking a use from, the one that has most.
SELECT s.stripe,
       s.uses_left
  FROM host.referral_program_stripes AS s
 WHERE s.program OPERATOR(pg_catalog.=) $1
   AND s.uses_left OPERATOR(pg_catalog.>) 0
 ORDER BY s.uses_left DESC
 LIMIT 1
   FOR NO KEY UPDATE SKIP LOCKED
