-- A stripe that nobody is taking a use from.
SELECT s.uses_left
  FROM host.referral_program_stripes AS s
 WHERE s.program OPERATOR(pg_catalog.=) $1
   AND s.stripe OPERATOR(pg_catalog.=) $2
   FOR NO KEY UPDATE SKIP LOCKED
