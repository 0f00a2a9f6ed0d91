INSERT INTO host.referral_purchases (
       source_type,
       source_ref,
       referee_uuid,
       amount,
       currency,
       occurred_at,
       told_at,
       code,
       program,
       reason,
       conversion_uuid,
       referrer_uuid,
       referrer_reward,
       referee_reward)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
    ON CONFLICT DO NOTHING
