-- Signup: a code checked beforehand, and one required of whoever registers.
CREATE EXTENSION referrals;
SELECT pg_catalog.count(*) FROM referral_setup();
\set alice '''00000000-0000-0000-0000-00000000000a'''
\set bob '''00000000-0000-0000-0000-00000000000b'''
SELECT code FROM referral_create_code(:alice, 'WELCOME', max_uses => 1);
SELECT code FROM referral_create_code(:alice, 'OFF', status => false);
SELECT code FROM referral_create_code(:alice, 'FULL', max_uses => 1);
SELECT code FROM referral_use_code('FULL', :bob);
SELECT code FROM referral_create_code(:alice, 'LATE');
SET session_replication_role = replica;
UPDATE phoenix_kit_referral_codes SET expiration_date = '2020-01-01' WHERE code = 'LATE';
RESET session_replication_role;

-- A usable code is named; everything else gets one and the same answer.
SELECT c.ok, c.message, c.code_uuid = g.uuid AS named
  FROM referral_check_signup(' welcome ') AS c, referral_get_code_by_string('WELCOME') AS g;
SELECT typed, ok, code_uuid, message
  FROM pg_catalog.unnest(ARRAY['OFF', 'FULL', 'LATE', 'NOSUCH', pg_catalog.repeat('x', 100000)]) WITH ORDINALITY AS t (typed, n)
       CROSS JOIN LATERAL referral_check_signup(typed)
 WHERE n < 5
 ORDER BY n;
SELECT * FROM referral_check_signup(pg_catalog.repeat('x', 100000));
SELECT number_of_uses FROM referral_get_code_by_string('WELCOME');

-- No code: fine unless required. Switched off: always fine.
SELECT * FROM referral_check_signup(NULL);
SELECT * FROM referral_check_signup('  ');
SELECT referral_set_required(true);
SELECT * FROM referral_check_signup(NULL);
SELECT * FROM referral_check_signup('  ');
SELECT referral_disable_system();
SELECT * FROM referral_check_signup('NOSUCH');
SELECT * FROM referral_check_signup(NULL);
SELECT referral_enable_system();
SELECT referral_set_required(false);

-- The attempt limit (all of this within one minute of the clock): by client, kept though refusals are returned, over after a minute.
DO $$ BEGIN IF EXTRACT(second FROM clock_timestamp()) > 55 THEN PERFORM pg_catalog.pg_sleep(60.1 - EXTRACT(second FROM clock_timestamp())); END IF; END $$;
DO $$ BEGIN FOR n IN 1..18 LOOP PERFORM referral_check_signup('NOSUCH' || n, '192.0.2.1'); END LOOP; END $$;
SELECT ok, message FROM referral_check_signup('NOSUCH', '192.0.2.1');
SELECT ok, message FROM referral_check_signup('NOSUCH', '192.0.2.1');
SELECT ok, message FROM referral_check_signup('NOSUCH', '192.0.2.1');
SELECT ok, message FROM referral_check_signup('WELCOME', '192.0.2.1');
SELECT ok, message FROM referral_check_signup('WELCOME', '192.0.2.2');
INSERT INTO phoenix_kit_settings (key, value) VALUES ('referral_check_limit', '100');
SELECT ok, message FROM referral_check_signup('WELCOME', '192.0.2.1');
UPDATE phoenix_kit_settings SET value = '2' WHERE key = 'referral_check_limit';
SELECT ok, message FROM referral_check_signup('WELCOME', '192.0.2.1');
UPDATE referral_check_attempts SET minute = minute - interval '1 minute';
SELECT ok, message FROM referral_check_signup('WELCOME', '192.0.2.1');
SELECT client_key, attempts FROM referral_check_attempts ORDER BY client_key;
-- A newcomer's first check sweeps away what is over.
UPDATE referral_check_attempts SET minute = minute - interval '1 minute';
SELECT ok, message FROM referral_check_signup('WELCOME', '192.0.2.3');
SELECT client_key, attempts FROM referral_check_attempts ORDER BY client_key;
SELECT * FROM referral_check_signup('WELCOME', pg_catalog.repeat('x', 256));

-- Required at registration: judged at commit, in the transaction that inserts the user.
CREATE TABLE users (uuid uuid PRIMARY KEY, name text);
SELECT referral_require_at_signup('users');
SELECT referral_require_at_signup('users');
SELECT pg_catalog.pg_get_triggerdef(oid) FROM pg_catalog.pg_trigger WHERE tgrelid = 'users'::regclass;
INSERT INTO users VALUES ('00000000-0000-0000-0000-000000000001', 'not required');
SELECT referral_set_required(true);
INSERT INTO users VALUES ('00000000-0000-0000-0000-000000000002', 'without a code');
BEGIN;
INSERT INTO users VALUES ('00000000-0000-0000-0000-000000000002', 'with a code');
SELECT ok FROM referral_try_use_code('WELCOME', '00000000-0000-0000-0000-000000000002');
COMMIT;
BEGIN;
INSERT INTO users VALUES ('00000000-0000-0000-0000-000000000003', 'with a code that is refused');
SELECT ok, reason FROM referral_try_use_code('WELCOME', '00000000-0000-0000-0000-000000000003');
COMMIT;
-- By hand is as good as by function.
BEGIN;
INSERT INTO users VALUES ('00000000-0000-0000-0000-000000000004', 'by hand');
UPDATE phoenix_kit_referral_codes SET max_uses = 2 WHERE code = 'WELCOME';
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid) SELECT uuid, '00000000-0000-0000-0000-000000000004' FROM phoenix_kit_referral_codes WHERE code = 'WELCOME';
COMMIT;
-- The setting at commit decides; a user may be inserted and taken back.
BEGIN;
INSERT INTO users VALUES ('00000000-0000-0000-0000-000000000005', 'x');
SELECT referral_set_required(false);
COMMIT;
SELECT referral_set_required(true);
BEGIN;
SAVEPOINT s;
INSERT INTO users VALUES ('00000000-0000-0000-0000-000000000006', 'x');
ROLLBACK TO s;
COMMIT;
BEGIN;
INSERT INTO users VALUES ('00000000-0000-0000-0000-000000000006', 'x');
DELETE FROM users WHERE uuid = '00000000-0000-0000-0000-000000000006';
COMMIT;
BEGIN;
INSERT INTO users VALUES ('00000000-0000-0000-0000-000000000006', 'changed');
UPDATE users SET name = 'changed again' WHERE name = 'changed';
COMMIT;
SELECT name FROM users ORDER BY uuid;

-- Users elsewhere: their schema's tables if it has any, else those of the setting at that time.
CREATE SCHEMA auth;
CREATE TABLE auth."App Users" (id uuid, "the Key" uuid);
SELECT referral_require_at_signup('auth."App Users"', 'the Key');
SELECT pg_catalog.pg_get_triggerdef(oid) FROM pg_catalog.pg_trigger WHERE tgrelid = 'auth."App Users"'::regclass;
SET referrals.schema = 'auth';
INSERT INTO auth."App Users" VALUES (NULL, :alice);
INSERT INTO auth."App Users" VALUES (NULL, :bob);
RESET referrals.schema;
SELECT referral_require_at_signup('users', 'name');
SELECT referral_require_at_signup('users', 'nosuch');
SELECT referral_require_at_signup('users', NULL);
SELECT referral_require_at_signup(NULL);
SELECT referral_require_at_signup('nosuch');
SELECT referral_unrequire_at_signup('users');
SELECT referral_unrequire_at_signup('users');
SELECT object, action FROM referral_detach();
DROP EXTENSION referrals;
