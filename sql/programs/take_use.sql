-- Counts one use of a program that has a cap over all its codes; how many it has left. The row may have been waited
-- for while the program was paused, which not everybody is held to ($2).
UPDATE host.referral_programs AS p
   SET number_of_uses = p.number_of_uses OPERATOR(pg_catalog.+) 1
 WHERE p.key OPERATOR(pg_catalog.=) $1
   AND (p.status OPERATOR(pg_catalog.=) 'active'
        OR NOT $2)
   AND p.number_of_uses OPERATOR(pg_catalog.<) p.max_uses_total
RETURNING LEAST(p.max_uses_total OPERATOR(pg_catalog.-) p.number_of_uses::pg_catalog.int8, 2147483647)::pg_catalog.int4
