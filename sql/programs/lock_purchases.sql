-- Waits for grants and reversals under way, and holds new ones until the transaction ends.
LOCK TABLE host.referral_purchases IN SHARE ROW EXCLUSIVE MODE
