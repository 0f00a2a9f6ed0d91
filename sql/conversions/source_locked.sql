-- The same, its row locked until the transaction ends.
SELECT s.*
  FROM host.referral_purchases AS s
 WHERE s.source_type OPERATOR(pg_catalog.=) $1
   AND s.source_ref OPERATOR(pg_catalog.=) $2
   FOR NO KEY UPDATE
