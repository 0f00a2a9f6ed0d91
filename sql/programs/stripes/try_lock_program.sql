-- The uses that a program has left for its stripes to lease, where nobody has its row locked.
SELECT p.max_uses_total OPERATOR(pg_catalog.-) p.number_of_uses::pg_catalog.int8
  FROM host.referral_programs AS p
 WHERE p.key OPERATOR(pg_catalog.=) $1
   FOR NO KEY UPDATE SKIP LOCKED
