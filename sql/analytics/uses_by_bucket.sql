-- How many uses of a code fall between the bounds $2, by the number of the bound before them (from 1); $4 ends
-- the last. Without a row where there are none.
SELECT pg_catalog.width_bucket(u.date_used, $2),
       pg_catalog.count(*)
  FROM host.phoenix_kit_referral_code_usage AS u
 WHERE u.code_uuid OPERATOR(pg_catalog.=) $1
   AND u.date_used OPERATOR(pg_catalog.>=) $3
   AND u.date_used OPERATOR(pg_catalog.<) $4
 GROUP BY 1
