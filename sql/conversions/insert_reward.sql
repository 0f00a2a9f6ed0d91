INSERT INTO host.referral_rewards (
       uuid,
       conversion_uuid,
       program,
       side,
       user_uuid,
       amount,
       currency,
       created_at,
       available_at,
       reverses_uuid,
       reason)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
