INSERT INTO host.referral_event_consumers (consumer, created_at)
VALUES ($1, $2)
    ON CONFLICT DO NOTHING
