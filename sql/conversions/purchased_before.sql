-- Whether the program has rewarded another purchase of the referee's than the source $4 and $5, or has sent it to a
-- review, whatever became of it: a first purchase is made once.
SELECT v.uuid
  FROM host.referral_conversions AS v
 WHERE v.referee_uuid OPERATOR(pg_catalog.=) $1
   AND v.program OPERATOR(pg_catalog.=) $2
   AND v.reason OPERATOR(pg_catalog.=) ANY ($3)
   AND (v.source_type OPERATOR(pg_catalog.<>) $4
        OR v.source_ref OPERATOR(pg_catalog.<>) $5)
 LIMIT 1
