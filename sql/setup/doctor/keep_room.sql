ALTER TABLE host.phoenix_kit_referral_codes SET (fillfactor = 90)
