-- Adds uses to a stripe, or takes some from it; no more than it can count.
UPDATE host.referral_program_stripes AS s
   SET uses_left = LEAST(s.uses_left::pg_catalog.int8 OPERATOR(pg_catalog.+) $3, 2147483647)::pg_catalog.int4
 WHERE s.program OPERATOR(pg_catalog.=) $1
   AND s.stripe OPERATOR(pg_catalog.=) $2
