SELECT codes.total,
       codes.active,
       usages.total,
       codes.used
  FROM (SELECT pg_catalog.count(*) AS total,
               pg_catalog.count(*) FILTER (WHERE c.status) AS active,
               pg_catalog.count(*) FILTER (WHERE c.number_of_uses OPERATOR(pg_catalog.>) 0) AS used
          FROM host.phoenix_kit_referral_codes AS c) AS codes,
       (SELECT pg_catalog.count(*) AS total
          FROM host.phoenix_kit_referral_code_usage AS u) AS usages
