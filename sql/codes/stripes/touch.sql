-- Writes each stripe as it is: a transaction with an older snapshot cannot redeem the code as it was then.
UPDATE host.referral_stripes AS s
   SET uses_left = s.uses_left
 WHERE s.code_uuid OPERATOR(pg_catalog.=) $1
