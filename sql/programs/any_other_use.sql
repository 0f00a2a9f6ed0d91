-- Whether the user has redeemed another code at all: most have not, and the look at programs is saved. Ordered and
-- bounded as usage/exists_of_user.sql says.
SELECT u.uuid
  FROM host.phoenix_kit_referral_code_usage AS u
 WHERE u.used_by_uuid OPERATOR(pg_catalog.>=) $1
   AND u.used_by_uuid OPERATOR(pg_catalog.<=) $1
   AND u.code_uuid OPERATOR(pg_catalog.<>) $2
 ORDER BY u.used_by_uuid
 LIMIT 1
