-- Of two that hold redemptions one waits for the other: each goes on to write codes.
LOCK TABLE host.phoenix_kit_referral_codes IN SHARE ROW EXCLUSIVE MODE
