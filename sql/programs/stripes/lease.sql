-- Counts uses that stripes lease, or give back, of a program whose row is locked.
UPDATE host.referral_programs AS p
   SET number_of_uses = greatest(p.number_of_uses OPERATOR(pg_catalog.+) $2, 0)
 WHERE p.key OPERATOR(pg_catalog.=) $1
