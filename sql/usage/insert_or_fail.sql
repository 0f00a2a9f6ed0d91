INSERT INTO host.phoenix_kit_referral_code_usage (uuid, code_uuid, used_by_uuid, date_used)
VALUES ($1, $2, $3, $4)
