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

-- Read as the host reads them: 'true' and 'false' alone are switches, a limit is the integer that the text begins with,
-- and what is neither falls back to each key's own default.
DELETE FROM phoenix_kit_settings;
INSERT INTO phoenix_kit_settings (key, value)
SELECT key, 'true'
  FROM unnest('{referral_codes_enabled,referral_codes_required,referral_grandfather_existing,max_number_of_uses_per_code,max_number_of_codes_per_user}'::text[]) AS key;
SELECT code AS probe FROM referral_create_code('00000000-0000-0000-0000-00000000000a', 'PROBE') \gset
CREATE FUNCTION read_as(stored text, OUT value text, OUT enabled boolean, OUT required boolean, OUT grandfather boolean, OUT max_uses int, OUT max_codes int, OUT can_redeem boolean)
LANGUAGE plpgsql AS $$
BEGIN
    value := quote_nullable(stored);
    UPDATE phoenix_kit_settings SET value = stored;
    SELECT c.enabled, c.required, c.max_uses_per_code, c.max_codes_per_user INTO enabled, required, max_uses, max_codes FROM referral_config() AS c;
    grandfather := referral_grandfather_existing();
    can_redeem := (SELECT t.ok FROM referral_try_use_code('PROBE', gen_random_uuid()) AS t);
END
$$;
SELECT r.* FROM unnest(ARRAY['true', 'false', 'TRUE', ' true', '1', '', NULL, '200 uses', '50.5', '+7', '0', '-3', '0.5', ' 20', 'many', '99999999999']) AS stored, read_as(stored) AS r;

-- Some releases of the host keep the value in varchar(255): adopted, read and written like text.
ALTER TABLE phoenix_kit_settings ALTER COLUMN value TYPE varchar(255);
SELECT object, action, note FROM referral_setup() WHERE object LIKE '%settings';
SELECT referral_enable_system(), referral_set_max_uses_per_code(30), referral_set_required(false);
SELECT * FROM referral_config();
SELECT ok FROM referral_try_use_code('PROBE', '00000000-0000-0000-0000-000000000001');
SELECT ok, reason FROM referral_try_use_code('probe', '00000000-0000-0000-0000-000000000002');
SELECT key, value, pg_typeof(value) FROM phoenix_kit_settings ORDER BY key;
