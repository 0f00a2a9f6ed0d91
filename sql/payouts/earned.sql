-- $2 the moment. A reversal is available when its grant is, so that a reward taken back is nowhere.
SELECT r.currency,
       coalesce(pg_catalog.sum(r.amount) FILTER (WHERE r.available_at OPERATOR(pg_catalog.<=) $2),
                0::pg_catalog.numeric),
       coalesce(pg_catalog.sum(r.amount) FILTER (WHERE r.available_at OPERATOR(pg_catalog.>) $2),
                0::pg_catalog.numeric),
       coalesce(pg_catalog.sum(OPERATOR(pg_catalog.-) r.amount) FILTER (WHERE r.reverses_uuid IS NOT NULL),
                0::pg_catalog.numeric)
  FROM host.referral_rewards AS r
 WHERE r.user_uuid OPERATOR(pg_catalog.=) $1
 GROUP BY r.currency
