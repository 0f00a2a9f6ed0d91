-- Tells a purchase of which only refunds were known, or what was missing of a sale. Its row is locked.
UPDATE host.referral_purchases AS s
   SET referee_uuid = $3,
       amount = $4,
       currency = $5,
       occurred_at = $6,
       told_at = $7,
       code = $8,
       program = $9,
       reason = $10,
       conversion_uuid = $11,
       referrer_uuid = $12,
       referrer_reward = $13,
       referee_reward = $14,
       refunded = $16,
       refunded_before = $15,
       is_refunded = s.is_refunded
                     OR coalesce($16 OPERATOR(pg_catalog.>) 0::pg_catalog.numeric
                                 AND $16 OPERATOR(pg_catalog.>=) $4,
                                 false)
 WHERE s.source_type OPERATOR(pg_catalog.=) $1
   AND s.source_ref OPERATOR(pg_catalog.=) $2
