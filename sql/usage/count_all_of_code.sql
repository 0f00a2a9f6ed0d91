-- How many usages of a code there are, and whether row-level security keeps the caller from seeing them all. $2: the
-- usage table.
SELECT pg_catalog.count(*),
       pg_catalog.row_security_active($2)
  FROM host.phoenix_kit_referral_code_usage AS u
 WHERE u.code_uuid OPERATOR(pg_catalog.=) $1
