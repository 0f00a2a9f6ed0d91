-- Waits for whoever has written an event, and lets nobody write or prune until this transaction ends.
LOCK TABLE host.referral_events IN SHARE ROW EXCLUSIVE MODE
