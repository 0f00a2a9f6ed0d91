-- Both sides' grants: each statement over the ledger has its guard to pass.
INSERT INTO host.referral_rewards (
       uuid,
       conversion_uuid,
       program,
       side,
       user_uuid,
       amount,
       currency,
       created_at,
       available_at)
VALUES ($1, $2, $3, 'referrer', $4, $5, $6, $7, $8),
       ($9, $2, $3, 'referee', $10, $11, $6, $7, $8)
