COMMENT ON INDEX host.referral_usage_code_user_idx
     IS 'In place of a unique index: the usage known_usage is one of several by its user of its code.'
