INSERT INTO host.referral_conversions (
       uuid,
       program,
       code_uuid,
       code,
       referrer_uuid,
       owner_type,
       referee_uuid,
       source_type,
       source_ref,
       amount,
       currency,
       status,
       reason,
       referrer_reward,
       referee_reward,
       reward_currency,
       converted_at,
       granted_at,
       hold_period,
       reward_scale)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
    ON CONFLICT (source_type, source_ref) DO NOTHING
