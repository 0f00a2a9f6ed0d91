-- Gives each stripe of a program as many uses.
UPDATE host.referral_program_stripes AS s
   SET uses_left = $2
 WHERE s.program OPERATOR(pg_catalog.=) $1
