INSERT INTO host.phoenix_kit_settings (uuid, key, value, module, date_added, date_updated)
VALUES ($4, $1, $2, 'referral_codes', $3, $3)
    ON CONFLICT DO NOTHING
