-- In the order of the index on users, and by bounds that meet: with an equality, the user would be no part of the order,
-- and the planner might look for a busy user's newest along an index of all dates.
SELECT u.*
  FROM host.phoenix_kit_referral_code_usage AS u
 WHERE u.used_by_uuid OPERATOR(pg_catalog.>=) $1
   AND u.used_by_uuid OPERATOR(pg_catalog.<=) $1
 ORDER BY u.used_by_uuid DESC,
          u.date_used DESC,
          u.uuid DESC
 LIMIT $2
