-- Takes a use that a stripe has leased.
UPDATE host.referral_program_stripes AS s
   SET uses_left = s.uses_left OPERATOR(pg_catalog.-) 1
 WHERE s.program OPERATOR(pg_catalog.=) $1
   AND s.stripe OPERATOR(pg_catalog.=) $2
   AND s.uses_left OPERATOR(pg_catalog.>) 0
RETURNING s.uses_left
