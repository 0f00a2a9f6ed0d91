-- Counts uses that stripes lease, or give back, of a program whose row is locked.
UPDATE host.referral_programs AS p
   SET number_of_uses = LEAST(
           GREATEST(p.number_of_uses::pg_catalog.int8 OPERATOR(pg_catalog.+) $2, 0),
           2147483647)::pg_catalog.int4
 WHERE p.key OPERATOR(pg_catalog.=) $1
