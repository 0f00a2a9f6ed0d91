-- Guards: every limit holds for whoever writes the tables by hand.
CREATE EXTENSION referrals;
SELECT pg_catalog.count(*) FROM referral_setup();
\set alice '''00000000-0000-0000-0000-00000000000a'''
\set bob '''00000000-0000-0000-0000-00000000000b'''
\set carol '''00000000-0000-0000-0000-00000000000c'''
\set dave '''00000000-0000-0000-0000-00000000000d'''
CREATE VIEW books AS
SELECT c.code, c.number_of_uses, pg_catalog.count(u.uuid) AS usages
  FROM phoenix_kit_referral_codes AS c
       LEFT JOIN phoenix_kit_referral_code_usage AS u ON u.code_uuid = c.uuid
 GROUP BY c.uuid
HAVING c.number_of_uses > 0 OR pg_catalog.count(u.uuid) > 0
 ORDER BY c.code;

-- INSERT of codes: normalised, held to the field rules. A NULL is the table's own affair.
INSERT INTO phoenix_kit_referral_codes (code, description, max_uses, created_by_uuid)
VALUES ('  spring ', 'x', 3, :alice)
RETURNING code;
INSERT INTO phoenix_kit_referral_codes (code, description, max_uses, created_by_uuid) VALUES ('ab', 'x', 3, :alice);
INSERT INTO phoenix_kit_referral_codes (code, description, max_uses, created_by_uuid) VALUES (E'a\x01bc', 'x', 3, :alice);
INSERT INTO phoenix_kit_referral_codes (code, description, max_uses, created_by_uuid) VALUES ('summer', ' ', 3, :alice);
INSERT INTO phoenix_kit_referral_codes (code, description, max_uses, created_by_uuid) VALUES ('summer', 'x', 0, :alice);
INSERT INTO phoenix_kit_referral_codes (code, description, max_uses, created_by_uuid) VALUES ('summer', 'x', 101, :alice);
INSERT INTO phoenix_kit_referral_codes (code, description, max_uses, created_by_uuid, expiration_date) VALUES ('summer', 'x', 3, :alice, '2020-01-01');
INSERT INTO phoenix_kit_referral_codes (code, description, max_uses, created_by_uuid, number_of_uses) VALUES ('summer', 'x', 3, :alice, 4);
\set VERBOSITY terse
INSERT INTO phoenix_kit_referral_codes (code, description, max_uses, created_by_uuid) VALUES (NULL, 'x', 3, :alice);
INSERT INTO phoenix_kit_referral_codes (code, description, max_uses) VALUES ('summer', 'x', 3);
\set VERBOSITY default

-- A duplicate keeps the host's constraint name, and ON CONFLICT works as without guards.
INSERT INTO phoenix_kit_referral_codes (code, description, max_uses, created_by_uuid) VALUES ('Spring', 'x', 3, :alice);
INSERT INTO phoenix_kit_referral_codes (code, description, max_uses, created_by_uuid) VALUES ('Spring', 'x', 3, :alice) ON CONFLICT DO NOTHING;
INSERT INTO phoenix_kit_referral_codes AS c (code, description, max_uses, created_by_uuid) VALUES ('Spring', 'x', 3, :alice)
    ON CONFLICT (code) DO UPDATE SET description = 'again'
RETURNING code, description;

-- UPDATE: a rule applies only to a value that changes.
SET session_replication_role = replica;
INSERT INTO phoenix_kit_referral_codes (code, description, max_uses, created_by_uuid, expiration_date)
VALUES ('oldCode', 'x', 500, :bob, '2020-01-01');
RESET session_replication_role;
UPDATE phoenix_kit_referral_codes SET description = 'still editable', max_uses = 500 WHERE code = 'oldCode' RETURNING code, description, max_uses;
UPDATE phoenix_kit_referral_codes SET max_uses = 501 WHERE code = 'oldCode';
UPDATE phoenix_kit_referral_codes SET expiration_date = '2020-01-02' WHERE code = 'oldCode';
UPDATE phoenix_kit_referral_codes SET expiration_date = NULL WHERE code = 'oldCode' RETURNING expiration_date;
UPDATE phoenix_kit_referral_codes SET code = 'newcode ' WHERE code = 'oldCode' RETURNING code;
UPDATE phoenix_kit_referral_codes SET code = 'spring' WHERE code = 'NEWCODE';
INSERT INTO phoenix_kit_referral_codes (code, description, max_uses, created_by_uuid) VALUES ('lower', 'x', 3, :bob);
SET session_replication_role = replica;
UPDATE phoenix_kit_referral_codes SET code = 'lower' WHERE code = 'LOWER';
RESET session_replication_role;
INSERT INTO phoenix_kit_referral_codes (code, description, max_uses, created_by_uuid) VALUES ('LOWER', 'x', 3, :bob);

-- The per-user limit, for one row, for many, and for a code that changes hands.
SELECT referral_set_max_codes_per_user(4);
INSERT INTO phoenix_kit_referral_codes (code, description, max_uses, created_by_uuid)
SELECT 'MANY' || n, 'x', 3, :carol FROM pg_catalog.generate_series(1, 5) AS n;
INSERT INTO phoenix_kit_referral_codes (code, description, max_uses, created_by_uuid)
SELECT 'MANY' || n, 'x', 3, :carol FROM pg_catalog.generate_series(1, 4) AS n;
SELECT referral_count_user_codes(:carol), referral_validate_user_code_limit(:carol), referral_validate_user_code_limit(:dave);
UPDATE phoenix_kit_referral_codes SET created_by_uuid = :carol WHERE code = 'SPRING';
-- A row that ON CONFLICT leaves out is no code more, also at the limit.
INSERT INTO phoenix_kit_referral_codes (code, description, max_uses, created_by_uuid) VALUES ('MANY1', 'x', 3, :carol) ON CONFLICT DO NOTHING;
INSERT INTO phoenix_kit_referral_codes AS c (code, description, max_uses, created_by_uuid) VALUES ('MANY1', 'x', 3, :carol)
    ON CONFLICT (code) DO UPDATE SET description = 'upserted'
RETURNING code, description;
INSERT INTO phoenix_kit_referral_codes (code, description, max_uses, created_by_uuid) VALUES ('MANY5', 'x', 3, :carol) ON CONFLICT DO NOTHING;
SELECT code FROM referral_create_code(:carol, 'MANY5');

-- INSERT into usage is a redemption, with every refusal.
SELECT uuid AS spring FROM referral_get_code_by_string('spring') \gset
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid) VALUES (:'spring', :bob);
SELECT * FROM books;
\set VERBOSITY terse
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid) VALUES (:'spring', :bob);
\set VERBOSITY default
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid) VALUES (:'spring', :bob) ON CONFLICT DO NOTHING;
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid) VALUES ('00000000-0000-0000-0000-000000000000', :bob);
UPDATE phoenix_kit_referral_codes SET status = false WHERE code = 'SPRING';
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid) VALUES (:'spring', :carol);
UPDATE phoenix_kit_referral_codes SET status = true, beneficiary_uuid = :carol WHERE code = 'SPRING';
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid) VALUES (:'spring', :carol);
SELECT referral_disable_system();
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid) VALUES (:'spring', :dave);
SELECT referral_enable_system();
SET session_replication_role = replica;
UPDATE phoenix_kit_referral_codes SET expiration_date = '2020-01-01' WHERE code = 'SPRING';
RESET session_replication_role;
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid) VALUES (:'spring', :dave);
UPDATE phoenix_kit_referral_codes SET expiration_date = NULL WHERE code = 'SPRING';
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid) VALUES (:'spring', :dave);
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid) VALUES (:'spring', :alice);
SELECT * FROM books;
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid) VALUES (:'spring', '00000000-0000-0000-0000-00000000000e');

-- Without the unique index a repeat is refused as a redemption is.
BEGIN;
DROP INDEX referral_usage_code_user_uidx;
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid) VALUES (:'spring', :bob);
ROLLBACK;

-- PhoenixKit's own way: the UPDATE takes the use, the INSERT spends it. The counter moves once.
SELECT uuid AS host FROM referral_create_code(:dave, 'HOST', max_uses => 4) \gset
BEGIN;
UPDATE phoenix_kit_referral_codes SET number_of_uses = number_of_uses + 1 WHERE uuid = :'host' AND number_of_uses < max_uses;
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid) VALUES (:'host', :alice);
COMMIT;
SELECT * FROM books WHERE code = 'HOST';

-- In one statement too.
WITH taken AS (
     UPDATE phoenix_kit_referral_codes SET number_of_uses = number_of_uses + 1 WHERE uuid = :'host' RETURNING uuid)
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid)
SELECT taken.uuid, :bob FROM taken;
SELECT * FROM books WHERE code = 'HOST';

-- Claims follow savepoints.
BEGIN;
UPDATE phoenix_kit_referral_codes SET number_of_uses = number_of_uses + 1 WHERE uuid = :'host';
SAVEPOINT s;
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid) VALUES (:'host', :carol);
ROLLBACK TO s;
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid) VALUES (:'host', :carol);
SELECT * FROM books WHERE code = 'HOST';
ROLLBACK;
BEGIN;
SAVEPOINT s;
UPDATE phoenix_kit_referral_codes SET number_of_uses = number_of_uses + 1 WHERE uuid = :'host';
ROLLBACK TO s;
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid) VALUES (:'host', :carol);
SELECT * FROM books WHERE code = 'HOST';
ROLLBACK;
BEGIN;
SAVEPOINT s;
UPDATE phoenix_kit_referral_codes SET number_of_uses = number_of_uses + 1 WHERE uuid = :'host';
RELEASE s;
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid) VALUES (:'host', :carol);
SELECT * FROM books WHERE code = 'HOST';
ROLLBACK;

-- A claim is spent once, is no other code's, ends with the transaction, and can be given back.
BEGIN;
UPDATE phoenix_kit_referral_codes SET number_of_uses = number_of_uses + 1 WHERE uuid = :'host';
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid) VALUES (:'host', :carol);
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid) VALUES (:'host', '00000000-0000-0000-0000-00000000000e');
SELECT * FROM books WHERE code = 'HOST';
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid) VALUES (:'host', '00000000-0000-0000-0000-00000000000f');
ROLLBACK;
BEGIN;
UPDATE phoenix_kit_referral_codes SET number_of_uses = number_of_uses + 1 WHERE uuid = :'host';
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid)
SELECT uuid, :dave FROM phoenix_kit_referral_codes WHERE code = 'MANY1';
SELECT * FROM books WHERE code IN ('HOST', 'MANY1');
ROLLBACK;
BEGIN;
UPDATE phoenix_kit_referral_codes SET number_of_uses = number_of_uses + 1 WHERE uuid = :'host';
UPDATE phoenix_kit_referral_codes SET number_of_uses = number_of_uses - 1 WHERE uuid = :'host';
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid) VALUES (:'host', :carol);
SELECT * FROM books WHERE code = 'HOST';
ROLLBACK;
BEGIN;
UPDATE phoenix_kit_referral_codes SET number_of_uses = number_of_uses + 1 WHERE uuid = :'host';
UPDATE phoenix_kit_referral_codes SET number_of_uses = number_of_uses - 1 WHERE uuid = :'host';
COMMIT;
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid) VALUES (:'host', :carol);
SELECT * FROM books WHERE code = 'HOST';

-- The counter never passes the cap, whoever raises it.
UPDATE phoenix_kit_referral_codes SET number_of_uses = 5 WHERE uuid = :'host';
UPDATE phoenix_kit_referral_codes SET number_of_uses = 5, max_uses = 5 WHERE uuid = :'host';
UPDATE phoenix_kit_referral_codes SET number_of_uses = 3 WHERE uuid = :'host';
UPDATE phoenix_kit_referral_codes SET max_uses = 2 WHERE uuid = :'host' RETURNING number_of_uses, max_uses;
UPDATE phoenix_kit_referral_codes SET max_uses = 9 WHERE uuid = :'host';

-- A claim whose insert is refused: the whole transaction is the caller's to roll back.
BEGIN;
UPDATE phoenix_kit_referral_codes SET number_of_uses = number_of_uses + 1 WHERE uuid = :'host';
UPDATE phoenix_kit_referral_codes SET status = false WHERE uuid = :'host';
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid) VALUES (:'host', :dave);
ROLLBACK;

-- An import: a code with its count, then its usages.
BEGIN;
INSERT INTO phoenix_kit_referral_codes (code, description, number_of_uses, max_uses, created_by_uuid) VALUES ('IMPORTED', 'x', 2, 3, '00000000-0000-0000-0000-0000000000bb') RETURNING uuid AS imported \gset
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid) VALUES (:'imported', :alice), (:'imported', :bob), (:'imported', :carol);
SELECT * FROM books WHERE code = 'IMPORTED';
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid) VALUES (:'imported', :dave);
ROLLBACK;

-- Functions and hand-written rows in one transaction.
BEGIN;
SELECT number_of_uses FROM referral_use_code('HOST', '00000000-0000-0000-0000-000000000001');
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid) VALUES (:'host', '00000000-0000-0000-0000-000000000002');
UPDATE phoenix_kit_referral_codes SET number_of_uses = number_of_uses + 1 WHERE uuid = :'host';
SELECT number_of_uses FROM referral_use_code('HOST', '00000000-0000-0000-0000-000000000003');
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid) VALUES (:'host', '00000000-0000-0000-0000-000000000004');
COMMIT;
SELECT * FROM books WHERE code = 'HOST';

-- Many rows at once: INSERT … SELECT, COPY, all or nothing.
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid)
SELECT :'host', pg_catalog.format('00000000-0000-0000-0001-%s', pg_catalog.lpad(n::text, 12, '0'))::uuid
  FROM pg_catalog.generate_series(1, 3) AS n;
SELECT * FROM books WHERE code = 'HOST';
SELECT uuid AS copied FROM referral_create_code(:dave, 'COPIED', max_uses => 2) \gset
\set copy 'COPY phoenix_kit_referral_code_usage (code_uuid, used_by_uuid) FROM PROGRAM ' '\'' 'printf "%s,%s\\n" ' :copied ' 00000000-0000-0000-0000-000000000001 ' :copied ' 00000000-0000-0000-0000-000000000002' '\' WITH (FORMAT csv)'
:copy;
SELECT * FROM books WHERE code = 'COPIED';

-- A trigger of the host's that writes by hand while a function is redeeming is held like any other writer.
SELECT uuid AS chained FROM referral_create_code(:dave, 'CHAINED', max_uses => 1) \gset
CREATE FUNCTION chain() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.code_uuid <> (SELECT uuid FROM phoenix_kit_referral_codes WHERE code = 'CHAINED') THEN
        INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid)
        SELECT uuid, NEW.used_by_uuid FROM phoenix_kit_referral_codes WHERE code = 'CHAINED';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER chain AFTER INSERT ON phoenix_kit_referral_code_usage FOR EACH ROW EXECUTE FUNCTION chain();
SELECT code FROM referral_use_code('MANY1', '00000000-0000-0000-0000-000000000001');
SELECT * FROM books WHERE code IN ('MANY1', 'CHAINED');
SELECT code FROM referral_use_code('MANY1', '00000000-0000-0000-0000-000000000002');
DROP TRIGGER chain ON phoenix_kit_referral_code_usage;

-- Nothing fires in a replica's session.
BEGIN;
SET LOCAL session_replication_role = replica;
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid) VALUES (:'chained', :dave);
SELECT * FROM books WHERE code = 'CHAINED';
ROLLBACK;

-- The schema is the table's, not the setting's; a partition's is its parent's.
CREATE SCHEMA shop;
SELECT pg_catalog.count(*) FROM referral_setup('shop', guards => false);
DROP TABLE shop.phoenix_kit_referral_code_usage;
CREATE SCHEMA parts;
CREATE TABLE shop.phoenix_kit_referral_code_usage (
       uuid         uuid        NOT NULL DEFAULT pg_catalog.gen_random_uuid(),
       code_uuid    uuid        NOT NULL,
       used_by_uuid uuid        NOT NULL,
       date_used    timestamptz NOT NULL DEFAULT now())
       PARTITION BY RANGE (date_used);
CREATE TABLE parts.of_2024 PARTITION OF shop.phoenix_kit_referral_code_usage FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE parts.rest PARTITION OF shop.phoenix_kit_referral_code_usage DEFAULT;
SELECT object, action FROM referral_setup('shop') WHERE action <> 'kept';
INSERT INTO shop.phoenix_kit_referral_codes (code, description, max_uses, created_by_uuid) VALUES ('shop', 'x', 2, :alice) RETURNING uuid AS shop \gset
INSERT INTO shop.phoenix_kit_referral_code_usage (code_uuid, used_by_uuid, date_used) VALUES (:'shop', :bob, '2024-06-01');
INSERT INTO parts.rest (code_uuid, used_by_uuid) VALUES (:'shop', :bob);
INSERT INTO parts.rest (code_uuid, used_by_uuid) VALUES (:'shop', :carol);
INSERT INTO shop.phoenix_kit_referral_code_usage (code_uuid, used_by_uuid) VALUES (:'shop', :dave);
SELECT number_of_uses, (SELECT pg_catalog.count(*) FROM shop.phoenix_kit_referral_code_usage) AS usages FROM shop.phoenix_kit_referral_codes;

-- Prepared transactions: what was counted stays counted, and nothing is left for the next transaction.
SELECT uuid AS prep FROM referral_create_code('00000000-0000-0000-0000-0000000000aa', 'PREPARED', max_uses => 5) \gset
BEGIN;
UPDATE phoenix_kit_referral_codes SET number_of_uses = number_of_uses + 1 WHERE uuid = :'prep';
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid) VALUES (:'prep', :alice);
UPDATE phoenix_kit_referral_codes SET number_of_uses = number_of_uses + 1 WHERE uuid = :'prep';
UPDATE phoenix_kit_referral_codes SET number_of_uses = number_of_uses - 1 WHERE uuid = :'prep';
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid) VALUES (:'prep', :bob);
PREPARE TRANSACTION 'guards';
COMMIT PREPARED 'guards';
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid) VALUES (:'prep', :carol);
SELECT * FROM books WHERE code = 'PREPARED';

-- Guards can be taken off and put back; none is called by hand.
SELECT object, action FROM referral_detach();
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid) VALUES (:'chained', :bob);
SELECT * FROM books WHERE code = 'CHAINED';
SELECT object, action FROM referral_attach_guards();
SELECT object, action FROM referral_attach_guards();
SELECT referral_guard_usage();
CREATE TABLE other (x integer);
CREATE TRIGGER misplaced BEFORE INSERT ON other FOR EACH ROW EXECUTE FUNCTION referral_guard_code();
INSERT INTO other VALUES (1);
CREATE SCHEMA bare;
SELECT * FROM referral_attach_guards('bare');
