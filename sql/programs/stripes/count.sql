-- The stripes that a program has.
SELECT pg_catalog.count(*)
  FROM host.referral_program_stripes AS s
 WHERE s.program OPERATOR(pg_catalog.=) $1
