-- Whether the user has redeemed another code at all: most have not, and the look at programs is saved.
SELECT u.uuid
  FROM host.phoenix_kit_referral_code_usage AS u
 WHERE u.used_by_uuid OPERATOR(pg_catalog.=) $1
   AND u.code_uuid OPERATOR(pg_catalog.<>) $2
 LIMIT 1
