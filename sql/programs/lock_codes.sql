-- Waits for redemptions under way, and for whoever else takes this lock.
LOCK TABLE host.phoenix_kit_referral_codes IN SHARE ROW EXCLUSIVE MODE
