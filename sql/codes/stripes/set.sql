-- Gives each stripe of a code as many uses.
UPDATE host.referral_stripes AS s
   SET uses_left = $2
 WHERE s.code_uuid OPERATOR(pg_catalog.=) $1
