-- Counts the uses that a code brings along into a program that has a cap over all its codes.
UPDATE host.referral_programs AS p
   SET number_of_uses = p.number_of_uses OPERATOR(pg_catalog.+) $2
 WHERE p.key OPERATOR(pg_catalog.=) $1
   AND $2 OPERATOR(pg_catalog.<=) (p.max_uses_total OPERATOR(pg_catalog.-) p.number_of_uses)
