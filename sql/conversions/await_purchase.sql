-- A purchase of which only refunds are known.
INSERT INTO host.referral_purchases (source_type, source_ref)
VALUES ($1, $2)
    ON CONFLICT DO NOTHING
