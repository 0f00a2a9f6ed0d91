LOCK TABLE host.phoenix_kit_referral_code_usage IN SHARE ROW EXCLUSIVE MODE
