SELECT s.program,
       pg_catalog.sum(s.uses_left)
  FROM host.referral_program_stripes AS s
 GROUP BY s.program
