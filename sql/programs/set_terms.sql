INSERT INTO host.referral_terms AS o (
       owner_uuid,
       program,
       owner_type,
       referrer_reward,
       referee_reward,
       referrer_percent,
       referee_percent,
       max_referrer_reward,
       max_referee_reward,
       updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
    ON CONFLICT (owner_uuid, program, owner_type) DO UPDATE
   SET referrer_reward = excluded.referrer_reward,
       referee_reward = excluded.referee_reward,
       referrer_percent = excluded.referrer_percent,
       referee_percent = excluded.referee_percent,
       max_referrer_reward = excluded.max_referrer_reward,
       max_referee_reward = excluded.max_referee_reward,
       updated_at = excluded.updated_at
RETURNING o.*
