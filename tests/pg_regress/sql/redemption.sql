-- Redemption: the good path, each refusal with all that a client gets of it, and bad input.
CREATE EXTENSION referrals;
SELECT pg_catalog.count(*) FROM referral_setup(guards => false);
\set alice '''00000000-0000-0000-0000-00000000000a'''
\set bob '''00000000-0000-0000-0000-00000000000b'''
\set carol '''00000000-0000-0000-0000-00000000000c'''

SELECT code FROM referral_create_code(:alice, 'WELCOME', max_uses => 2);
SELECT code FROM referral_create_code(:alice, 'ALICE', beneficiary_uuid => :alice, max_uses => 1);
SELECT code FROM referral_create_code(:alice, 'OFF', status => false);
SELECT code FROM referral_create_code(:alice, 'LATE');
UPDATE phoenix_kit_referral_codes SET expiration_date = '2020-01-01' WHERE code = 'LATE';

-- The good path: one row, with ids of version 7.
SELECT pg_catalog.substr(usage_uuid::text, 15, 1) AS version,
       code_uuid = (SELECT uuid FROM referral_get_code_by_string('welcome')) AS code_uuid,
       code,
       used_by_uuid,
       date_used BETWEEN pg_catalog.now() AND pg_catalog.clock_timestamp() AS date_used,
       beneficiary_uuid,
       number_of_uses,
       remaining_uses
  FROM referral_use_code('  welcome ', :bob) \gx
SELECT u.used_by_uuid, c.number_of_uses
  FROM phoenix_kit_referral_code_usage u
       JOIN phoenix_kit_referral_codes c ON c.uuid = u.code_uuid;

-- Every refusal: SQLSTATE, message, DETAIL and HINT.
SELECT * FROM caught(format('SELECT referral_use_code(%L, %L)', 'NOSUCH', :bob)) \gx
SELECT * FROM caught(format('SELECT referral_use_code(%L, %L)', 'WELCOME', :bob)) \gx
SELECT * FROM caught(format('SELECT referral_use_code(%L, %L)', 'OFF', :bob)) \gx
SELECT * FROM caught(format('SELECT referral_use_code(%L, %L)', 'LATE', :bob)) \gx
SELECT * FROM caught(format('SELECT referral_use_code(%L, %L)', 'ALICE', :alice)) \gx
SELECT code, beneficiary_uuid, remaining_uses FROM referral_use_code('ALICE', :bob);
SELECT * FROM caught(format('SELECT referral_use_code(%L, %L)', 'ALICE', :carol)) \gx
SELECT referral_disable_system();
SELECT * FROM caught(format('SELECT referral_use_code(%L, %L)', 'WELCOME', :carol)) \gx
SELECT referral_enable_system();

-- The same as rows. Retrying after a lost reply learns of the earlier use, also where it was the last.
SELECT ok, reason, usage_uuid IS NOT NULL AS usage, code_uuid IS NOT NULL AS code, date_used IS NOT NULL AS date, beneficiary_uuid, remaining_uses
  FROM referral_try_use_code('NOSUCH', :bob);
SELECT ok, reason, usage_uuid IS NOT NULL AS usage, code_uuid IS NOT NULL AS code, date_used IS NOT NULL AS date, beneficiary_uuid, remaining_uses
  FROM referral_try_use_code('ALICE', :bob);
SELECT t.ok, t.reason, t.remaining_uses, t.usage_uuid = u.uuid AS same_usage, t.date_used = u.date_used AS same_date
  FROM referral_try_use_code('ALICE', :bob) AS t
       JOIN phoenix_kit_referral_code_usage AS u ON u.code_uuid = t.code_uuid;
SELECT ok, reason, remaining_uses FROM referral_try_use_code('ALICE', :carol);
SELECT ok, reason, remaining_uses FROM referral_try_use_code('ALICE', :alice);
SELECT ok, reason, remaining_uses FROM referral_try_use_code('OFF', :bob);
SELECT ok, reason, remaining_uses FROM referral_try_use_code('LATE', :bob);
SELECT ok, reason, remaining_uses FROM referral_try_use_code('WELCOME', :carol);
SELECT ok, reason, remaining_uses FROM referral_try_use_code('WELCOME', :alice);
SELECT referral_disable_system();
SELECT * FROM referral_try_use_code('WELCOME', :bob);
SELECT referral_enable_system();

-- A refusal changes nothing and takes no transaction id.
BEGIN;
SELECT reason FROM referral_try_use_code('WELCOME', :alice);
SELECT reason FROM referral_try_use_code('NOSUCH', :alice);
SELECT pg_catalog.pg_current_xact_id_if_assigned() IS NULL AS no_transaction_id;
COMMIT;
SELECT code, number_of_uses FROM phoenix_kit_referral_codes ORDER BY code;

-- Self-referral can be allowed.
INSERT INTO phoenix_kit_settings (key, value) VALUES ('referral_allow_self_referral', 'true');
UPDATE phoenix_kit_referral_codes SET max_uses = 9 WHERE code = 'ALICE';
SELECT remaining_uses FROM referral_use_code('ALICE', :alice);

-- Codes older than normalisation; of several that differ by case alone the exact one, else the oldest.
INSERT INTO phoenix_kit_referral_codes (code, description, max_uses, created_by_uuid, date_created)
VALUES ('Mixed', 'x', 5, :alice, '2020-01-01'),
       ('Twin', 'newer', 5, :alice, '2020-01-02'),
       ('tWIN', 'older', 5, :alice, '2020-01-01'),
       ('straße', 'x', 5, :alice, '2020-01-01'),
       ('GRÜN', 'x', 5, :alice, '2020-01-01'),
       ('title', 'x', 5, :alice, '2020-01-01');
SELECT code FROM referral_use_code('mixed', :bob);
SELECT code FROM referral_use_code('TWIN', :bob);
SELECT code FROM referral_get_code_by_string('twin');
INSERT INTO phoenix_kit_referral_codes (code, description, max_uses, created_by_uuid) VALUES ('TWIN', 'newest', 5, :alice);
SELECT code FROM referral_use_code('twin', :carol);
SELECT code FROM referral_get_code_by_string('twin');
SELECT code FROM referral_use_code('Straße', :bob);
SELECT code FROM referral_use_code('grün', :bob);
SELECT code FROM referral_use_code('TITLE', :bob);
SELECT number_of_uses FROM phoenix_kit_referral_codes WHERE code = 'Mixed';
SELECT ok, reason FROM referral_try_use_code('MIXED', :bob);

-- Bad input: the argument is named, nothing is lost.
SELECT * FROM referral_use_code(NULL, :bob);
SELECT * FROM referral_use_code('WELCOME', NULL);
SELECT * FROM referral_try_use_code(NULL, NULL);
SELECT ok, reason FROM referral_try_use_code('', :bob);
SELECT ok, reason FROM referral_try_use_code('   ', :bob);
SELECT ok, reason FROM referral_try_use_code(pg_catalog.repeat('x', 1048576), :bob);
SELECT ok, reason FROM referral_try_use_code(pg_catalog.repeat(' ', 1048576) || 'WELCOME', :bob);
SELECT ok, reason FROM referral_try_use_code(E'WEL\x01COME', :bob);
SELECT ok, reason FROM referral_try_use_code(E'WEL\nCOME', :bob);
SELECT * FROM referral_use_code(E'a\u0000b', :bob);
SELECT * FROM referral_use_code('WELCOME', 'no-uuid');

-- All in the caller's transaction: a savepoint takes back everything.
BEGIN;
SELECT code FROM referral_create_code(:carol, 'SAVED', max_uses => 2);
SAVEPOINT s;
SELECT remaining_uses FROM referral_use_code('SAVED', :bob);
ROLLBACK TO s;
SELECT remaining_uses FROM referral_use_code('SAVED', :bob);
SELECT * FROM referral_use_code('SAVED', :bob);
ROLLBACK TO s;
SELECT number_of_uses FROM referral_get_code_by_string('SAVED');
COMMIT;

-- Undo gives a use back, once.
SELECT usage_uuid AS usage FROM referral_use_code('SAVED', :bob) \gset
SELECT referral_undo_use(:'usage');
SELECT referral_undo_use(:'usage');
SELECT referral_undo_use(NULL);
SELECT number_of_uses, remaining_uses FROM referral_get_code_by_string('SAVED');
SELECT ok FROM referral_try_use_code('SAVED', :bob);

-- In a list, in FROM, in PL/pgSQL.
SELECT (referral_try_use_code('SAVED', :carol)).ok;
DO $$
DECLARE
    used record;
BEGIN
    SELECT * INTO used FROM referral_try_use_code('SAVED', '00000000-0000-0000-0000-00000000000d');
    RAISE NOTICE '% %', used.ok, used.reason;
    PERFORM referral_use_code('SAVED', '00000000-0000-0000-0000-00000000000d');
EXCEPTION WHEN SQLSTATE 'RF004' THEN
    RAISE NOTICE 'caught: %', SQLERRM;
END
$$;

-- The counter is always the count.
SELECT pg_catalog.count(*) AS wrong
  FROM phoenix_kit_referral_codes c
 WHERE c.number_of_uses <> (SELECT pg_catalog.count(*) FROM phoenix_kit_referral_code_usage u WHERE u.code_uuid = c.uuid);
