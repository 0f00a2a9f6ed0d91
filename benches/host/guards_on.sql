-- The guards, which host.sql has switched off.
ALTER TABLE public.phoenix_kit_referral_codes ENABLE TRIGGER USER;
ALTER TABLE public.phoenix_kit_referral_code_usage ENABLE TRIGGER USER;
