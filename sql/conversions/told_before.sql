-- Whether the referee has made another purchase than the source $2 and $3.
SELECT 1
  FROM host.referral_purchases AS s
 WHERE s.referee_uuid OPERATOR(pg_catalog.=) $1
   AND (s.source_type OPERATOR(pg_catalog.<>) $2
        OR s.source_ref OPERATOR(pg_catalog.<>) $3)
 LIMIT 1
