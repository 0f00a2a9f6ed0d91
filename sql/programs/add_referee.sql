INSERT INTO host.referral_referees (referee_uuid, program, last_seen_at)
VALUES ($1, $2, $3)
    ON CONFLICT DO NOTHING
