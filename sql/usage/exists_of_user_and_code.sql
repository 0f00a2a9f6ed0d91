-- Without LIMIT, for which the planner might look along the table.
SELECT 1
  FROM host.phoenix_kit_referral_code_usage AS u
 WHERE u.code_uuid OPERATOR(pg_catalog.=) $1
   AND u.used_by_uuid OPERATOR(pg_catalog.=) $2
