-- How many conversions of the referee's the program has rewarded, or will after a review, at most $5; not of the
-- source $6 and $7.
SELECT pg_catalog.count(*)
  FROM (SELECT 1
          FROM host.referral_conversions AS v
         WHERE v.referee_uuid OPERATOR(pg_catalog.=) $1
           AND v.program OPERATOR(pg_catalog.=) $2
           AND v.reason OPERATOR(pg_catalog.=) ANY ($3)
           AND v.status OPERATOR(pg_catalog.=) ANY ($4)
           AND (v.source_type OPERATOR(pg_catalog.<>) $6
                OR v.source_ref OPERATOR(pg_catalog.<>) $7)
         LIMIT $5) AS f
