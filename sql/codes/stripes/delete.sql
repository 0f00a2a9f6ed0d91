-- The stripes from $2 on.
DELETE FROM host.referral_stripes AS s
 WHERE s.code_uuid OPERATOR(pg_catalog.=) $1
   AND s.stripe OPERATOR(pg_catalog.>=) $2
