SELECT p.user_uuid,
       coalesce(pg_catalog.sum(p.amount) FILTER (WHERE p.status OPERATOR(pg_catalog.=) 'pending'),
                0::pg_catalog.numeric),
       coalesce(pg_catalog.sum(p.amount) FILTER (WHERE p.status OPERATOR(pg_catalog.=) 'paid'),
                0::pg_catalog.numeric)
  FROM host.referral_payouts AS p
 WHERE p.user_uuid OPERATOR(pg_catalog.=) ANY ($1)
   AND p.currency OPERATOR(pg_catalog.=) $2
 GROUP BY p.user_uuid
