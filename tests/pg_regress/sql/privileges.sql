-- Invoker's rights: a caller can do what its own rights allow, and hears Postgres's own words where not.
CREATE EXTENSION referrals;
SELECT pg_catalog.count(*) FROM referral_setup();
SELECT uuid AS code FROM referral_create_code('00000000-0000-0000-0000-00000000000a', 'WELCOME') \gset

CREATE ROLE nobody_special;
CREATE ROLE reader;
GRANT SELECT ON phoenix_kit_referral_codes, phoenix_kit_referral_code_usage, phoenix_kit_settings TO reader;
CREATE ROLE app;
GRANT SELECT ON phoenix_kit_referral_codes, phoenix_kit_referral_code_usage, phoenix_kit_settings TO app;
GRANT UPDATE (number_of_uses) ON phoenix_kit_referral_codes TO app;
GRANT INSERT ON phoenix_kit_referral_code_usage TO app;
-- Who came after setup is given what is to be read of the programs by the next, and becomes no writer of them.
SELECT object, action, note FROM referral_setup() WHERE action <> 'kept';

SET ROLE nobody_special;
SELECT * FROM referral_use_code('WELCOME', '00000000-0000-0000-0000-000000000001');
SELECT * FROM referral_get_code_by_string('WELCOME');
SELECT referral_enabled();
SELECT referral_generate_code() IS NOT NULL AS needs_no_table;

SET ROLE reader;
SELECT code FROM referral_get_code_by_string('WELCOME');
SELECT total_uses FROM referral_stats(:'code');
SELECT referral_valid_for_use(:'code');
SELECT * FROM referral_use_code('WELCOME', '00000000-0000-0000-0000-000000000001');
SELECT referral_disable_system();
SELECT * FROM referral_setup() WHERE action <> 'kept';
SELECT pg_catalog.count(*) FROM referral_doctor();

-- The rights that redemption needs, and no more.
SET ROLE app;
SELECT code, remaining_uses FROM referral_use_code('WELCOME', '00000000-0000-0000-0000-000000000001');
SELECT ok, reason FROM referral_try_use_code('WELCOME', '00000000-0000-0000-0000-000000000001');
SELECT * FROM referral_create_code('00000000-0000-0000-0000-00000000000a', 'MORE');
RESET ROLE;

-- Row-level security: a row that may not be seen does not exist; one that may be seen but not updated says so.
ALTER TABLE phoenix_kit_referral_codes ENABLE ROW LEVEL SECURITY;
SET ROLE app;
SELECT ok, reason FROM referral_try_use_code('WELCOME', '00000000-0000-0000-0000-000000000002');
RESET ROLE;
CREATE POLICY see ON phoenix_kit_referral_codes FOR SELECT TO app USING (true);
SET ROLE app;
SELECT ok, reason FROM referral_try_use_code('WELCOME', '00000000-0000-0000-0000-000000000002');
RESET ROLE;
CREATE POLICY take ON phoenix_kit_referral_codes FOR UPDATE TO app USING (true);
SET ROLE app;
SELECT ok, reason FROM referral_try_use_code('WELCOME', '00000000-0000-0000-0000-000000000002');
RESET ROLE;

-- Setup needs the tables' owner; a schema that may not be used is Postgres's own error.
CREATE SCHEMA closed;
SELECT pg_catalog.count(*) FROM referral_setup('closed');
SET ROLE app;
SET referrals.schema = 'closed';
SELECT referral_enabled();
SELECT * FROM referral_setup('public') WHERE action <> 'kept';
SELECT * FROM referral_setup('closed');
RESET ROLE;
RESET referrals.schema;
DROP INDEX referral_usage_newest_idx;
SET ROLE app;
SELECT * FROM referral_setup('public');
RESET ROLE;

-- A trusted extension: the owner of a database may install it.
CREATE ROLE operator LOGIN;
GRANT CREATE ON DATABASE regress TO operator;
SELECT pg_catalog.count(*) FROM referral_detach();
SELECT pg_catalog.count(*) FROM referral_detach('closed');
DROP EXTENSION referrals;
CREATE SCHEMA AUTHORIZATION operator;
SET ROLE operator;
SET search_path = operator;
CREATE EXTENSION referrals;
SELECT action, pg_catalog.count(*) FROM referral_setup('operator') GROUP BY action;
RESET ROLE;

-- An application that does not own the tables goes on making codes after setup.
CREATE ROLE shop_owner;
CREATE ROLE "Shop App";
CREATE SCHEMA shop;
GRANT USAGE ON SCHEMA shop TO shop_owner, "Shop App";
SELECT pg_catalog.count(*) FROM operator.referral_setup('shop', guards => false);
DROP TABLE shop.referral_code_creators, shop.referral_check_attempts;
ALTER TABLE shop.phoenix_kit_referral_codes OWNER TO shop_owner;
ALTER TABLE shop.phoenix_kit_referral_code_usage OWNER TO shop_owner;
GRANT SELECT, INSERT, UPDATE, DELETE ON shop.phoenix_kit_referral_codes, shop.phoenix_kit_referral_code_usage, shop.phoenix_kit_settings TO "Shop App";
SELECT object, action, note FROM operator.referral_setup('shop') WHERE action = 'created';
-- Checks before signup are a task of their own.
SELECT pg_catalog.count(*) FROM operator.referral_grant('Shop App', 'signup', 'shop');
GRANT USAGE ON SCHEMA operator TO "Shop App";
SET ROLE "Shop App";
SET referrals.schema = 'shop';
INSERT INTO shop.phoenix_kit_referral_codes (code, description, max_uses, created_by_uuid) VALUES ('BYHAND', 'x', 3, '00000000-0000-0000-0000-00000000000a');
SELECT code FROM operator.referral_create_code('00000000-0000-0000-0000-00000000000a', 'BYFUNCTION');
SELECT ok FROM operator.referral_check_signup('BYHAND', 'somebody');
RESET ROLE;
