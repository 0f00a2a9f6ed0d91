-- Adds uses to a stripe, or takes some from it.
UPDATE host.referral_program_stripes AS s
   SET uses_left = s.uses_left OPERATOR(pg_catalog.+) $3
 WHERE s.program OPERATOR(pg_catalog.=) $1
   AND s.stripe OPERATOR(pg_catalog.=) $2
