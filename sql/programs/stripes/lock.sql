-- The stripes of a program whose row is locked: redemptions under way are waited for.
SELECT s.uses_left
  FROM host.referral_program_stripes AS s
 WHERE s.program OPERATOR(pg_catalog.=) $1
 ORDER BY s.stripe
   FOR NO KEY UPDATE
