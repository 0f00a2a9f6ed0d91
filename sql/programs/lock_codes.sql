-- Waits for redemptions under way, and for whoever else takes this lock: two that went on to write codes under
-- a weaker one would wait for each other.
LOCK TABLE host.phoenix_kit_referral_codes IN SHARE ROW EXCLUSIVE MODE
