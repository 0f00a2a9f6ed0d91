-- Whether a person has redeemed one code, or more; the first two, in no order.
SELECT u.code_uuid,
       u.date_used
  FROM host.phoenix_kit_referral_code_usage AS u
 WHERE u.used_by_uuid OPERATOR(pg_catalog.=) $1
 LIMIT 2
