SELECT p.*
  FROM host.referral_payouts AS p
 WHERE ($1 IS NULL
        OR p.user_uuid OPERATOR(pg_catalog.=) $1)
   AND ($2 IS NULL
        OR p.status OPERATOR(pg_catalog.=) $2)
   AND ($3 IS NULL
        OR p.currency OPERATOR(pg_catalog.=) $3)
   AND ($4 IS NULL
        OR p.batch_ref OPERATOR(pg_catalog.=) $4)
   AND ($5 IS NULL
        OR p.payout_ref OPERATOR(pg_catalog.=) $5)
   AND ($6 IS NULL
        OR ROW(p.created_at, p.payout_uuid) OPERATOR(pg_catalog.<) ROW($6, $7))
 ORDER BY p.created_at DESC,
          p.payout_uuid DESC
 LIMIT $8
