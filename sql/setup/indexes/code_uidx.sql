CREATE UNIQUE INDEX phoenix_kit_referral_codes_code_uidx
    ON host.phoenix_kit_referral_codes (code)
