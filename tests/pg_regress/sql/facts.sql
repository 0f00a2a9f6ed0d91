-- What a backend keeps instead of looking it up at each redemption: never another role's, schema's or time's.
CREATE EXTENSION referrals;
SELECT pg_catalog.count(*) FROM referral_setup();
CREATE FUNCTION person(number integer) RETURNS uuid LANGUAGE sql IMMUTABLE
RETURN lpad(number::text, 32, '0')::uuid;
SELECT code FROM referral_create_code(person(1), 'FIRST');
SELECT reason FROM referral_try_use_code('FIRST', person(10));

-- A change that is undone was never there, whatever was asked in between.
BEGIN;
SELECT referral_disable_system();
SELECT reason FROM referral_try_use_code('FIRST', person(11));
ROLLBACK;
SELECT ok FROM referral_try_use_code('FIRST', person(11));
BEGIN;
SAVEPOINT before;
SELECT referral_disable_system();
SELECT reason FROM referral_try_use_code('FIRST', person(12));
ROLLBACK TO before;
SELECT ok FROM referral_try_use_code('FIRST', person(12));
COMMIT;

-- One statement that changes a setting and redeems.
SELECT referral_disable_system() AS system, (referral_try_use_code('FIRST', person(13))).reason;
SELECT referral_enable_system() AS system, (referral_try_use_code('FIRST', person(13))).ok;

-- A role that may not read the settings does not learn from what the backend has kept for another.
CREATE ROLE teller;
GRANT SELECT, UPDATE ON phoenix_kit_referral_codes TO teller;
GRANT SELECT, INSERT ON phoenix_kit_referral_code_usage TO teller;
SET ROLE teller;
SELECT code, message FROM caught('SELECT referral_use_code(''FIRST'', person(14))');
RESET ROLE;
GRANT SELECT ON phoenix_kit_settings TO teller;
SET ROLE teller;
SELECT ok FROM referral_try_use_code('FIRST', person(14));
RESET ROLE;
-- Row-level security: what each may see is each one's own answer, at each time.
GRANT SELECT ON ALL TABLES IN SCHEMA public TO teller;
ALTER TABLE phoenix_kit_settings ENABLE ROW LEVEL SECURITY;
SET ROLE teller;
SELECT reason FROM referral_try_use_code('FIRST', person(15));
RESET ROLE;
SELECT ok FROM referral_try_use_code('FIRST', person(15));
CREATE POLICY all_of_it ON phoenix_kit_settings TO teller USING (current_setting('facts.shown', true) = 'yes');
SET ROLE teller;
SELECT reason FROM referral_try_use_code('FIRST', person(16));
SET facts.shown = 'yes';
SELECT ok FROM referral_try_use_code('FIRST', person(16));
SET facts.shown = 'no';
SELECT reason FROM referral_try_use_code('FIRST', person(17));
RESET ROLE;
ALTER TABLE phoenix_kit_settings DISABLE ROW LEVEL SECURITY;

-- Without its trigger nothing is kept.
ALTER TABLE phoenix_kit_settings DISABLE TRIGGER referral_fact_changed;
SELECT ok FROM referral_try_use_code('FIRST', person(18));
UPDATE phoenix_kit_settings SET value = 'false' WHERE key = 'referral_codes_enabled';
SELECT reason FROM referral_try_use_code('FIRST', person(19));
SELECT severity, finding FROM referral_doctor() WHERE finding LIKE '%referral_fact_changed%';
SELECT object, note FROM referral_setup() WHERE action = 'changed';
UPDATE phoenix_kit_settings SET value = 'true' WHERE key = 'referral_codes_enabled';
ALTER TABLE phoenix_kit_settings ENABLE TRIGGER referral_fact_changed;
SELECT severity, finding FROM referral_doctor() WHERE finding LIKE '%referral_fact_changed%';
SELECT ok FROM referral_try_use_code('FIRST', person(19));
SELECT object, note FROM referral_setup() WHERE action = 'changed';
SELECT pg_catalog.count(*) FROM referral_detach();
SELECT ok FROM referral_try_use_code('FIRST', person(20));
UPDATE phoenix_kit_settings SET value = 'false' WHERE key = 'referral_codes_enabled';
SELECT reason FROM referral_try_use_code('FIRST', person(21));
UPDATE phoenix_kit_settings SET value = 'true' WHERE key = 'referral_codes_enabled';
-- Nor is the file of a table looked at, which may be on another node.
SELECT pg_catalog.count(*) FROM referral_code_for(person(2));
SELECT reason FROM referral_try_use_code('FIRST', person(21));
SELECT pg_catalog.count(*) FROM referral_attach_guards();

-- Another tenant's facts are other facts, also where two schemas change places.
CREATE SCHEMA shop;
SET referrals.schema = 'shop';
SELECT pg_catalog.count(*) FROM referral_setup();
SELECT code FROM referral_create_code(person(1), 'FIRST');
SELECT ok FROM referral_try_use_code('FIRST', person(21));
SELECT referral_disable_system();
SELECT reason FROM referral_try_use_code('FIRST', person(22));
SET referrals.schema = 'public';
SELECT ok FROM referral_try_use_code('FIRST', person(22));
CREATE SCHEMA mall;
SET referrals.schema = 'mall';
SELECT pg_catalog.count(*) FROM referral_setup();
SELECT code FROM referral_create_code(person(1), 'FIRST');
SELECT ok FROM referral_try_use_code('FIRST', person(23));
ALTER SCHEMA mall RENAME TO aside;
ALTER SCHEMA shop RENAME TO mall;
SELECT reason FROM referral_try_use_code('FIRST', person(24));
ALTER SCHEMA mall RENAME TO shop;
ALTER SCHEMA aside RENAME TO mall;
SELECT ok FROM referral_try_use_code('FIRST', person(24));

-- Settings that are no fact of a redemption's announce nothing: what is kept stays.
SET referrals.schema = 'public';
SELECT referral_set_max_codes_per_user(7);
SELECT ok FROM referral_try_use_code('FIRST', person(25));
DROP OWNED BY teller;
DROP ROLE teller;
