INSERT INTO host.referral_refunds (
       source_type,
       source_ref,
       refund_ref,
       amount,
       reason,
       told_at,
       conversion_uuid,
       status,
       referrer_taken,
       referee_taken)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
