INSERT INTO host.referral_check_attempts (minute, client_key, attempts)
VALUES ($1, $2, 1)
    ON CONFLICT DO NOTHING
