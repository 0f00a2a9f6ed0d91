-- One prune at a time, and no new consumer meanwhile; writers go on.
LOCK TABLE host.referral_events IN SHARE UPDATE EXCLUSIVE MODE
