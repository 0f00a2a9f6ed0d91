-- What was granted for a conversion, and what reversals have left of it.
SELECT g.uuid,
       g.side,
       g.user_uuid,
       g.currency,
       g.available_at,
       g.amount OPERATOR(pg_catalog.+) coalesce(pg_catalog.sum(r.amount), 0::pg_catalog.numeric)
  FROM host.referral_rewards AS g
  LEFT JOIN host.referral_rewards AS r
    ON r.conversion_uuid OPERATOR(pg_catalog.=) g.conversion_uuid
   AND r.reverses_uuid OPERATOR(pg_catalog.=) g.uuid
 WHERE g.conversion_uuid OPERATOR(pg_catalog.=) $1
   AND g.reverses_uuid IS NULL
 GROUP BY g.uuid
 ORDER BY g.side DESC
