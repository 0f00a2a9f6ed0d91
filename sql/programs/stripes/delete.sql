-- The stripes from $2 on.
DELETE FROM host.referral_program_stripes AS s
 WHERE s.program OPERATOR(pg_catalog.=) $1
   AND s.stripe OPERATOR(pg_catalog.>=) $2
