-- Counts the uses that a code brings along into a program that has a cap over all its codes.
UPDATE host.referral_programs AS p
   SET number_of_uses = GREATEST(
           p.number_of_uses::pg_catalog.int8 OPERATOR(pg_catalog.+) $2,
           -2147483648)::pg_catalog.int4
 WHERE p.key OPERATOR(pg_catalog.=) $1
   AND (p.number_of_uses::pg_catalog.int8 OPERATOR(pg_catalog.+) $2) OPERATOR(pg_catalog.<=) p.max_uses_total
