-- Whether a person has redeemed one code, or more; the first two. Ordered and bounded as usage/exists_of_user.sql says.
SELECT u.code_uuid,
       u.date_used
  FROM host.phoenix_kit_referral_code_usage AS u
 WHERE u.used_by_uuid OPERATOR(pg_catalog.>=) $1
   AND u.used_by_uuid OPERATOR(pg_catalog.<=) $1
 ORDER BY u.used_by_uuid
 LIMIT 2
