CREATE INDEX referral_usage_newest_idx
    ON host.phoenix_kit_referral_code_usage (code_uuid, date_used DESC)
       INCLUDE (used_by_uuid)
