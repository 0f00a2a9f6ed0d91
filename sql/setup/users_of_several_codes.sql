-- How many users have redeemed several codes that have a beneficiary.
SELECT pg_catalog.count(*)
  FROM (SELECT u.used_by_uuid
          FROM host.phoenix_kit_referral_code_usage AS u
          JOIN host.phoenix_kit_referral_codes AS c
            ON c.uuid OPERATOR(pg_catalog.=) u.code_uuid
         WHERE c.beneficiary_uuid IS NOT NULL
         GROUP BY u.used_by_uuid
        HAVING pg_catalog.count(DISTINCT u.code_uuid) OPERATOR(pg_catalog.>) 1) AS users
