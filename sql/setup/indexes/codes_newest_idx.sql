CREATE INDEX referral_codes_newest_idx
    ON host.phoenix_kit_referral_codes (date_created DESC, uuid DESC)
