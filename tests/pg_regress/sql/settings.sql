-- Settings, kept where PhoenixKit keeps them.
CREATE EXTENSION referrals;
SELECT pg_catalog.count(*) FROM referral_setup();
SELECT * FROM referral_config();
SELECT key, value, module FROM phoenix_kit_settings ORDER BY key;

SELECT referral_disable_system(), referral_enabled();
SELECT referral_enabled();
SELECT referral_enable_system();
SELECT referral_enabled();
SELECT referral_set_required(true);
SELECT referral_required();
SELECT referral_set_required(false);
SELECT referral_set_max_uses_per_code(250);
SELECT referral_max_uses_per_code();
SELECT referral_set_max_codes_per_user(3);
SELECT referral_max_codes_per_user();
SELECT * FROM referral_config();
SELECT key, value, module FROM phoenix_kit_settings ORDER BY key;

SELECT referral_set_required(NULL);
SELECT referral_set_max_uses_per_code(0);
SELECT referral_set_max_uses_per_code(NULL);
SELECT referral_set_max_codes_per_user(-5);
SELECT referral_set_max_codes_per_user(NULL);

-- Absent and unreadable values mean the default.
UPDATE phoenix_kit_settings SET value = 'many' WHERE key LIKE 'max%';
UPDATE phoenix_kit_settings SET value = NULL WHERE key = 'referral_codes_enabled';
SELECT * FROM referral_config();
DELETE FROM phoenix_kit_settings;
SELECT * FROM referral_config();
SELECT reason FROM referral_try_use_code('ANY', '00000000-0000-0000-0000-000000000001');

-- An adopted settings table is never written to, and setup says that the system is off.
SELECT object, action, note FROM referral_setup() WHERE object LIKE '%settings';
SELECT pg_catalog.count(*) FROM phoenix_kit_settings;
