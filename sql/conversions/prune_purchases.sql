-- Forgets what was told longer than $1 before the moment $2 and led to no conversion, unless a later purchase of the same person would look like
-- the first that reaches some amount without it.
DELETE
  FROM host.referral_purchases AS s
 WHERE s.told_at OPERATOR(pg_catalog.<) ($2 OPERATOR(pg_catalog.-) $1)
   AND s.conversion_uuid IS NULL
   AND EXISTS (
       SELECT 1
         FROM host.referral_purchases AS o
        WHERE o.referee_uuid OPERATOR(pg_catalog.=) s.referee_uuid
          AND o.occurred_at OPERATOR(pg_catalog.<) s.occurred_at
          AND o.amount OPERATOR(pg_catalog.-) o.refunded
              OPERATOR(pg_catalog.>=) (s.amount OPERATOR(pg_catalog.-) s.refunded)
          AND NOT o.is_refunded
          AND NOT o.currency IS DISTINCT FROM s.currency)
