CREATE INDEX referral_usage_code_user_idx
    ON host.phoenix_kit_referral_code_usage (code_uuid, used_by_uuid)
