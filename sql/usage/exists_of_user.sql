-- In the order of an index and by bounds that meet, or the planner might look for a busy user's first along the table.
SELECT 1
  FROM host.phoenix_kit_referral_code_usage AS u
 WHERE u.used_by_uuid OPERATOR(pg_catalog.>=) $1
   AND u.used_by_uuid OPERATOR(pg_catalog.<=) $1
 ORDER BY u.used_by_uuid
 LIMIT 1
