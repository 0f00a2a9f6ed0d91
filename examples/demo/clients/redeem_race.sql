INSERT INTO answers (ok, reason)
SELECT ok, reason
FROM referral_try_use_code('RACE', gen_random_uuid());
