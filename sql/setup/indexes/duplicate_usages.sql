-- How many pairs of code and user occur more than once, and one of them.
SELECT pg_catalog.count(*),
       (pg_catalog.array_agg(used_twice.code_uuid))[1],
       (pg_catalog.array_agg(used_twice.used_by_uuid))[1]
  FROM (SELECT u.code_uuid,
               u.used_by_uuid
          FROM host.phoenix_kit_referral_code_usage AS u
         GROUP BY u.code_uuid,
                  u.used_by_uuid
        HAVING pg_catalog.count(*) OPERATOR(pg_catalog.>) 1) AS used_twice
