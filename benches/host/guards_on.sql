-- The guards, which host.sql and purchases.sql have switched off.
ALTER TABLE public.phoenix_kit_referral_codes ENABLE TRIGGER USER;
ALTER TABLE public.phoenix_kit_referral_code_usage ENABLE TRIGGER USER;
ALTER TABLE public.referral_rewards ENABLE TRIGGER USER;
