INSERT INTO host.referral_programs AS p (
       key,
       name,
       status,
       starts_at,
       ends_at,
       code_length,
       code_alphabet,
       code_prefix,
       max_uses_per_code,
       max_uses_total,
       number_of_uses,
       codes_expire_after,
       referrer_reward,
       referee_reward,
       currency,
       min_purchase,
       first_purchase_only,
       one_code_per_referee,
       attribution_window,
       hold_period,
       requires_approval,
       metadata,
       created_at,
       updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $23)
    ON CONFLICT DO NOTHING
RETURNING p.*
