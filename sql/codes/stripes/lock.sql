-- The stripes of a code whose row is locked: redemptions under way are waited for.
SELECT s.uses_left
  FROM host.referral_stripes AS s
 WHERE s.code_uuid OPERATOR(pg_catalog.=) $1
 ORDER BY s.stripe
   FOR NO KEY UPDATE
