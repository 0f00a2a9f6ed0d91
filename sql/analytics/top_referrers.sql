-- $1 the program, NULL for all; $2 the statuses of a conversion that stands. Only what was rewarded counts. A side of a conversion has one grant at
-- most, beside what was taken back of it.
  WITH referrers AS (
       SELECT v.referrer_uuid,
              v.reward_currency,
              pg_catalog.count(*) FILTER (WHERE r.reverses_uuid IS NULL) AS conversions,
              coalesce(pg_catalog.sum(r.amount), 0::pg_catalog.numeric) AS amount
         FROM host.referral_conversions AS v
         LEFT JOIN host.referral_rewards AS r
           ON r.conversion_uuid OPERATOR(pg_catalog.=) v.uuid
          AND r.side OPERATOR(pg_catalog.=) 'referrer'
          AND ($1 IS NULL
               OR r.program OPERATOR(pg_catalog.=) $1)
        WHERE v.status OPERATOR(pg_catalog.=) ANY ($2)
          AND v.granted_at IS NOT NULL
          AND ($1 IS NULL
               OR v.program OPERATOR(pg_catalog.=) $1)
        GROUP BY v.referrer_uuid,
                 v.reward_currency)
SELECT f.referrer_uuid,
       f.conversions,
       f.amount,
       f.reward_currency
  FROM referrers AS f
 ORDER BY f.amount DESC,
          f.conversions DESC,
          f.referrer_uuid,
          f.reward_currency
 LIMIT $3
