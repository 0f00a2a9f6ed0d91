INSERT INTO host.referral_holds (hold_uuid, code_uuid, user_uuid, created_at, expires_at, is_counted)
VALUES ($1, $2, $3, $4, $5, true)
