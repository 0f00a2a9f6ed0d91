-- A stripe that still has a use after whoever is taking one has done.
SELECT s.stripe,
       s.uses_left
  FROM host.referral_program_stripes AS s
 WHERE s.program OPERATOR(pg_catalog.=) $1
   AND s.uses_left OPERATOR(pg_catalog.>) 0
 ORDER BY s.stripe
 LIMIT 1
   FOR NO KEY UPDATE
