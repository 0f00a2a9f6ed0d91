-- How many conversions of the referee's the program has rewarded, or will after a review, at most $5.
SELECT pg_catalog.count(*)
  FROM (SELECT 1
          FROM host.referral_conversions AS v
         WHERE v.referee_uuid OPERATOR(pg_catalog.=) $1
           AND v.program OPERATOR(pg_catalog.=) $2
           AND v.reason OPERATOR(pg_catalog.=) ANY ($3)
           AND v.status OPERATOR(pg_catalog.=) ANY ($4)
         LIMIT $5) AS f
