LOCK TABLE host.phoenix_kit_referral_codes IN SHARE ROW EXCLUSIVE MODE
