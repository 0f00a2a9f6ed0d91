INSERT INTO host.referral_check_attempts (client_key, attempts, started_at)
VALUES ($1, 1, $2)
    ON CONFLICT DO NOTHING
