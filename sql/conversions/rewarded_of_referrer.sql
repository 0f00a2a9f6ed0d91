-- How many conversions the program has rewarded the referrer for, or will after a review, within the time $7 before the
-- moment $6 and since, at most $8; with $9 those that were granted alone, and never the source $10 and $11.
SELECT pg_catalog.count(*)
  FROM (SELECT 1
          FROM host.referral_conversions AS v
         WHERE v.referrer_uuid OPERATOR(pg_catalog.=) $1
           AND v.owner_type OPERATOR(pg_catalog.=) $2
           AND v.program OPERATOR(pg_catalog.=) $3
           AND v.reason OPERATOR(pg_catalog.=) ANY ($4)
           AND v.status OPERATOR(pg_catalog.=) ANY ($5)
           AND v.referrer_reward OPERATOR(pg_catalog.>) 0::pg_catalog.numeric
           AND ($7 IS NULL
                OR v.converted_at OPERATOR(pg_catalog.>) ($6 OPERATOR(pg_catalog.-) $7))
           AND (NOT $9
                OR v.granted_at IS NOT NULL)
           AND (v.source_type OPERATOR(pg_catalog.<>) $10
                OR v.source_ref OPERATOR(pg_catalog.<>) $11)
         LIMIT $8) AS f
