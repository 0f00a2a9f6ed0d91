INSERT INTO host.referral_code_creators (creator_uuid, last_code_at)
VALUES ($1, $2)
    ON CONFLICT DO NOTHING
