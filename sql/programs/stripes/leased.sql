SELECT pg_catalog.sum(s.uses_left)
  FROM host.referral_program_stripes AS s
 WHERE s.program OPERATOR(pg_catalog.=) $1
