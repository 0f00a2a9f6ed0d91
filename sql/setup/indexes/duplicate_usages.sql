SELECT pg_catalog.count(*)
  FROM (SELECT u.code_uuid,
               u.used_by_uuid
          FROM host.phoenix_kit_referral_code_usage AS u
         GROUP BY u.code_uuid,
                  u.used_by_uuid
        HAVING pg_catalog.count(*) OPERATOR(pg_catalog.>) 1) AS used_twice
