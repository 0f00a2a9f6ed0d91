-- The same of somebody whom nobody has referred, as most purchases are: the other columns cost as much as an index entry.
INSERT INTO host.referral_purchases (
       source_type,
       source_ref,
       referee_uuid,
       amount,
       currency,
       occurred_at,
       told_at,
       reason)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    ON CONFLICT DO NOTHING
