INSERT INTO host.referral_payout_batches (batch_ref, currency, min_amount, max_rows, created_at)
VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (batch_ref) DO NOTHING
