INSERT INTO host.referral_payouts AS p (
       payout_uuid,
       user_uuid,
       payout_ref,
       currency,
       amount,
       created_at,
       status)
VALUES ($1, $2, $3, $4, $5, $6, 'pending')
    ON CONFLICT (payout_ref) DO NOTHING
RETURNING p.*
