-- What was refunded by now is what the purchase is rewarded less.
UPDATE host.referral_purchases AS s
   SET refunded_before = s.refunded
 WHERE s.source_type OPERATOR(pg_catalog.=) $1
   AND s.source_ref OPERATOR(pg_catalog.=) $2
