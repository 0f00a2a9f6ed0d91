CREATE INDEX referral_codes_upper_code_idx
    ON host.phoenix_kit_referral_codes (pg_catalog.upper(code))
