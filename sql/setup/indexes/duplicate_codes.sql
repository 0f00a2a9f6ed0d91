SELECT pg_catalog.count(*)
  FROM (SELECT c.code
          FROM host.phoenix_kit_referral_codes AS c
         GROUP BY c.code
        HAVING pg_catalog.count(*) OPERATOR(pg_catalog.>) 1) AS held_twice
