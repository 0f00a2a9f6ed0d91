-- Whether the referee has made another purchase before the moment $2 that, less its refunds, reaches $3 in the
-- program's currency $4.
SELECT 1
  FROM host.referral_purchases AS s
 WHERE s.referee_uuid OPERATOR(pg_catalog.=) $1
   AND s.occurred_at OPERATOR(pg_catalog.<) $2
   AND s.amount OPERATOR(pg_catalog.-) s.refunded OPERATOR(pg_catalog.>=) $3
   AND NOT s.is_refunded
   AND (s.currency IS NULL
        OR s.currency OPERATOR(pg_catalog.=) $4)
   AND (s.source_type OPERATOR(pg_catalog.<>) $5
        OR s.source_ref OPERATOR(pg_catalog.<>) $6)
 LIMIT 1
