CREATE INDEX referral_usage_user_idx
    ON host.phoenix_kit_referral_code_usage (used_by_uuid, date_used, uuid)
       INCLUDE (code_uuid)
