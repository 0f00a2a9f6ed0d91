UPDATE host.referral_purchases AS s
   SET refunded = $3,
       is_refunded = $4
 WHERE s.source_type OPERATOR(pg_catalog.=) $1
   AND s.source_ref OPERATOR(pg_catalog.=) $2
