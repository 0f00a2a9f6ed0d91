-- Uncounts uses of a program that has a cap over all its codes.
UPDATE host.referral_programs AS p
   SET number_of_uses = CASE
       WHEN p.number_of_uses OPERATOR(pg_catalog.>) $2
       THEN p.number_of_uses OPERATOR(pg_catalog.-) $2
       ELSE 0
       END
 WHERE p.key OPERATOR(pg_catalog.=) $1
   AND p.max_uses_total IS NOT NULL
