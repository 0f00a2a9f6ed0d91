-- Who has $3 or more of the currency $1 at the moment $2: the first of them by their ids.
SELECT e.user_uuid
  FROM (SELECT r.user_uuid,
               pg_catalog.sum(r.amount) AS amount
          FROM host.referral_rewards AS r
         WHERE r.currency OPERATOR(pg_catalog.=) $1
           AND r.available_at OPERATOR(pg_catalog.<=) $2
         GROUP BY r.user_uuid) AS e
       LEFT JOIN (SELECT p.user_uuid,
                         pg_catalog.sum(p.amount) AS amount
                    FROM host.referral_payouts AS p
                   WHERE p.currency OPERATOR(pg_catalog.=) $1
                     AND p.status OPERATOR(pg_catalog.<>) 'failed'
                   GROUP BY p.user_uuid) AS t
              ON t.user_uuid OPERATOR(pg_catalog.=) e.user_uuid
 WHERE e.amount OPERATOR(pg_catalog.-) coalesce(t.amount, 0::pg_catalog.numeric) OPERATOR(pg_catalog.>=) $3
 ORDER BY e.user_uuid
 LIMIT $4
