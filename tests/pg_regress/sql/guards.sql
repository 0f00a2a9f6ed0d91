-- Guards: every limit holds for whoever writes the tables by hand, and nothing else is refused.
CREATE EXTENSION referrals;
SELECT pg_catalog.count(*) FROM referral_setup();
\set alice '''00000000-0000-0000-0000-00000000000a'''
\set bob '''00000000-0000-0000-0000-00000000000b'''
\set carol '''00000000-0000-0000-0000-00000000000c'''
\set dave '''00000000-0000-0000-0000-00000000000d'''
\set erin '''00000000-0000-0000-0000-0000000000bb'''
CREATE VIEW books AS
SELECT c.code, c.number_of_uses, pg_catalog.count(u.uuid) AS usages
  FROM phoenix_kit_referral_codes AS c
       LEFT JOIN phoenix_kit_referral_code_usage AS u ON u.code_uuid = c.uuid
 GROUP BY c.uuid
HAVING c.number_of_uses > 0 OR pg_catalog.count(u.uuid) > 0
 ORDER BY c.code;

-- INSERT of codes: normalised, held to the limits. A NULL is the table's own affair.
INSERT INTO phoenix_kit_referral_codes (code, description, max_uses, created_by_uuid)
VALUES ('  spring ', 'x', 3, :alice)
RETURNING code;
INSERT INTO phoenix_kit_referral_codes (code, description, max_uses, created_by_uuid) VALUES ('summer', 'x', 0, :alice);
INSERT INTO phoenix_kit_referral_codes (code, description, max_uses, created_by_uuid) VALUES ('summer', 'x', 101, :alice);
INSERT INTO phoenix_kit_referral_codes (code, description, max_uses, created_by_uuid, number_of_uses) VALUES ('summer', 'x', 3, :alice, 4);
INSERT INTO phoenix_kit_referral_codes (code, description, max_uses, created_by_uuid, number_of_uses) VALUES ('summer', 'x', 3, :alice, -1);
\set VERBOSITY terse
INSERT INTO phoenix_kit_referral_codes (code, description, max_uses, created_by_uuid) VALUES (NULL, 'x', 3, :alice);
INSERT INTO phoenix_kit_referral_codes (code, description, max_uses) VALUES ('summer', 'x', 3);
\set VERBOSITY default

-- What breaks no limit is the host's own: lengths, descriptions, dates that are over. A column keeps its length, also
-- where a code grows as it is upper-cased.
BEGIN;
INSERT INTO phoenix_kit_referral_codes (code, description, max_uses, created_by_uuid, expiration_date)
VALUES ('ab', 'x', 3, :dave, NULL),
       (E'a\x01bc', 'x', 3, :dave, NULL),
       (E'inner\ttab', ' ', 3, :dave, '2020-01-01'),
       (pg_catalog.repeat(U&'e\0301', 51), 'x', 3, :dave, NULL)
RETURNING code, pg_catalog.length(code);
ROLLBACK;
\set VERBOSITY terse
INSERT INTO phoenix_kit_referral_codes (code, description, max_uses, created_by_uuid) VALUES (pg_catalog.repeat('x', 256), 'x', 3, :dave);
INSERT INTO phoenix_kit_referral_codes (code, description, max_uses, created_by_uuid) VALUES (pg_catalog.repeat(U&'\00DF', 128), 'x', 3, :dave);
\set VERBOSITY default

-- Where a setting has them judge all, they judge what a function would.
BEGIN;
INSERT INTO phoenix_kit_settings (key, value) VALUES ('referral_guards_judge_all', 'true');
\set ON_ERROR_ROLLBACK on
INSERT INTO phoenix_kit_referral_codes (code, description, max_uses, created_by_uuid) VALUES ('ab', 'x', 3, :dave);
INSERT INTO phoenix_kit_referral_codes (code, description, max_uses, created_by_uuid) VALUES (E'a\x01bc', 'x', 3, :dave);
INSERT INTO phoenix_kit_referral_codes (code, description, max_uses, created_by_uuid) VALUES (U&'a\200Bbc', 'x', 3, :dave);
INSERT INTO phoenix_kit_referral_codes (code, description, max_uses, created_by_uuid) VALUES ('summer', ' ', 3, :dave);
INSERT INTO phoenix_kit_referral_codes (code, description, max_uses, created_by_uuid, expiration_date) VALUES ('summer', 'x', 3, :dave, '2020-01-01');
UPDATE phoenix_kit_referral_codes SET expiration_date = now() WHERE code = 'SPRING';
\set ON_ERROR_ROLLBACK off
ROLLBACK;

-- A duplicate keeps the host's constraint name, and ON CONFLICT works as without guards.
INSERT INTO phoenix_kit_referral_codes (code, description, max_uses, created_by_uuid) VALUES ('Spring', 'x', 3, :alice);
INSERT INTO phoenix_kit_referral_codes (code, description, max_uses, created_by_uuid) VALUES ('Spring', 'x', 3, :alice) ON CONFLICT DO NOTHING;
INSERT INTO phoenix_kit_referral_codes AS c (code, description, max_uses, created_by_uuid) VALUES ('Spring', 'x', 3, :alice)
    ON CONFLICT (code) DO UPDATE SET description = 'again'
RETURNING code, description;

-- Over rows that exist it judges nothing that the statement does not change: seeds run again when a code has expired,
-- is over a lowered limit, or stands in small letters.
BEGIN;
SET LOCAL session_replication_role = replica;
INSERT INTO phoenix_kit_referral_codes (code, description, max_uses, created_by_uuid, expiration_date)
VALUES ('seed', 'x', 500, :dave, '2020-01-01'), (' seed ', 'x', 1, :dave, NULL), ('Twin', 'x', 1, :dave, NULL), ('TWIN', 'x', 1, :dave, NULL);
SET LOCAL session_replication_role = origin;
INSERT INTO phoenix_kit_referral_codes (code, description, max_uses, created_by_uuid, expiration_date)
VALUES ('seed', 'x', 500, :dave, '2020-01-01'), (' seed ', 'x', 0, :dave, '2020-01-01'), ('Twin', 'x', 500, :dave, NULL), ('TWIN', 'x', 500, :dave, NULL)
    ON CONFLICT (code) DO NOTHING;
-- In another case it is the same code: of two the one in capitals.
INSERT INTO phoenix_kit_referral_codes AS c (code, description, max_uses, created_by_uuid, expiration_date)
VALUES ('seed', 'again', 500, :dave, '2020-01-01'), ('twin', 'again', 500, :dave, NULL)
    ON CONFLICT (code) DO UPDATE SET description = c.description || ' ' || excluded.description
RETURNING code, description, max_uses, expiration_date;
ROLLBACK;
BEGIN;
SET LOCAL session_replication_role = replica;
INSERT INTO phoenix_kit_referral_codes (code, description, max_uses, created_by_uuid, expiration_date) VALUES ('seed', 'x', 500, :dave, '2020-01-01');
SET LOCAL session_replication_role = origin;
INSERT INTO phoenix_kit_referral_codes AS c (code, description, max_uses, created_by_uuid) VALUES ('Seed', 'y', 500, :dave)
    ON CONFLICT (code) DO UPDATE SET description = excluded.description
RETURNING code, description;
INSERT INTO phoenix_kit_referral_codes AS c (code, description, max_uses, created_by_uuid) VALUES ('seed', 'y', 501, :dave)
    ON CONFLICT (code) DO UPDATE SET max_uses = excluded.max_uses;
ROLLBACK;
-- Where no unique index on the raw text is there to say so, the guard does.
BEGIN;
DROP INDEX phoenix_kit_referral_codes_code_uidx;
INSERT INTO phoenix_kit_referral_codes (code, description, max_uses, created_by_uuid) VALUES ('Spring', 'x', 3, :alice);
ROLLBACK;

-- UPDATE: a rule applies only to a value that changes.
SET session_replication_role = replica;
INSERT INTO phoenix_kit_referral_codes (code, description, max_uses, created_by_uuid, expiration_date)
VALUES ('oldCode', 'x', 500, :bob, '2020-01-01');
RESET session_replication_role;
UPDATE phoenix_kit_referral_codes SET description = 'still editable', max_uses = 500 WHERE code = 'oldCode' RETURNING code, description, max_uses;
UPDATE phoenix_kit_referral_codes SET max_uses = 501 WHERE code = 'oldCode';
UPDATE phoenix_kit_referral_codes SET max_uses = 0 WHERE code = 'oldCode';
UPDATE phoenix_kit_referral_codes SET max_uses = 400 WHERE code = 'oldCode' RETURNING max_uses;
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
-- Where a setting leaves that limit to the host's form, or a code is history, only the functions hold it.
BEGIN;
INSERT INTO phoenix_kit_referral_codes (code, description, max_uses, created_by_uuid, date_created) VALUES ('MANY5', 'x', 3, :carol, now() - interval '2 hours');
UPDATE phoenix_kit_settings SET value = 'false' WHERE key = 'referral_guard_user_limit';
INSERT INTO phoenix_kit_referral_codes (code, description, max_uses, created_by_uuid) VALUES ('MANY6', 'x', 3, :carol);
SELECT referral_count_user_codes(:carol);
SELECT code FROM referral_create_code(:carol, 'MANY7');
ROLLBACK;

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
-- What the host's own code does not know of is held against it only where a setting says so.
BEGIN;
INSERT INTO phoenix_kit_settings (key, value) VALUES ('referral_guards_judge_all', 'true');
\set ON_ERROR_ROLLBACK on
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid) VALUES (:'spring', :carol);
SELECT referral_disable_system();
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid) VALUES (:'spring', :dave);
SELECT referral_enable_system();
SELECT key FROM referral_update_program('default', '{"status": "paused"}');
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid) VALUES (:'spring', :dave);
\set ON_ERROR_ROLLBACK off
UPDATE phoenix_kit_settings SET value = 'false' WHERE key = 'referral_guards_judge_all';
SELECT referral_disable_system();
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid) VALUES (:'spring', :carol), (:'spring', :dave);
SELECT * FROM books;
ROLLBACK;
-- The limits of a paused program hold all the same: its cap, and one code for each user.
BEGIN;
SELECT key FROM referral_create_program('capped', '{"max_uses_total": 1}');
SELECT referral_assign_program(uuid, 'capped') FROM phoenix_kit_referral_codes WHERE code IN ('MANY1', 'MANY2');
SELECT key FROM referral_update_program('capped', '{"status": "paused"}');
SELECT uuid AS many1 FROM phoenix_kit_referral_codes WHERE code = 'MANY1' \gset
SELECT uuid AS many2 FROM phoenix_kit_referral_codes WHERE code = 'MANY2' \gset
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid) VALUES (:'many1', :dave);
SELECT key, status, number_of_uses FROM referral_programs WHERE key = 'capped';
\set ON_ERROR_ROLLBACK on
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid) VALUES (:'many2', :dave);
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid) VALUES (:'many2', :bob);
\set ON_ERROR_ROLLBACK off
ROLLBACK;
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
UPDATE phoenix_kit_referral_codes SET number_of_uses = -1 WHERE uuid = :'host';
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

-- History is no redemption: codes as they are elsewhere, whatever has become of them, and usages of long ago.
INSERT INTO phoenix_kit_referral_codes (code, description, status, number_of_uses, max_uses, created_by_uuid, date_created, expiration_date)
VALUES ('PAST', 'x', true, 3, 5, :erin, '2024-01-01', NULL),
       ('PAST OFF', 'x', false, 1, 500, :erin, '2024-01-01', '2024-06-01'),
       ('PAST OVER', 'x', true, 3, 2, :erin, '2024-01-01', NULL);
INSERT INTO phoenix_kit_referral_codes (code, description, number_of_uses, max_uses, created_by_uuid, date_created) VALUES ('PAST', 'x', -1, 2, :erin, '2024-01-01') ON CONFLICT DO NOTHING;
INSERT INTO phoenix_kit_referral_codes (code, description, number_of_uses, max_uses, created_by_uuid, date_created) VALUES ('BELOW', 'x', -1, 2, :erin, '2024-01-01');
INSERT INTO phoenix_kit_referral_codes (code, description, max_uses, created_by_uuid, date_created) VALUES ('NONE', 'x', 0, :erin, '2024-01-01');
SELECT uuid AS past FROM phoenix_kit_referral_codes WHERE code = 'PAST' \gset
SELECT uuid AS off FROM phoenix_kit_referral_codes WHERE code = 'PAST OFF' \gset
SELECT uuid AS over FROM phoenix_kit_referral_codes WHERE code = 'PAST OVER' \gset
-- A redemption of now does not fill what no row explains; history does, row by row or many at once.
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid) VALUES (:'past', :dave);
SELECT * FROM books WHERE code LIKE 'PAST%';
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid, date_used) VALUES (:'past', :alice, now() - interval '61 minutes');
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid, date_used) VALUES (:'past', :bob, '2024-02-01'), (:'past', :carol, '-infinity'), (:'over', :alice, '2024-02-01'), (:'over', :bob, '2024-02-01'), (:'over', :carol, '2024-02-01');
SELECT * FROM books WHERE code LIKE 'PAST%';
-- Where nothing is left to fill it takes a use, and then the cap holds; one user has one use always.
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid, date_used) VALUES (:'past', '00000000-0000-0000-0000-0000000000e1', '2024-02-01');
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid, date_used) VALUES (:'past', '00000000-0000-0000-0000-0000000000e2', '2024-02-01');
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid, date_used) VALUES (:'over', '00000000-0000-0000-0000-0000000000e2', '2024-02-01');
\set VERBOSITY terse
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid, date_used) VALUES (:'past', :alice, '2024-02-01');
\set VERBOSITY default
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid, date_used) VALUES (:'past', :alice, '2024-02-01') ON CONFLICT DO NOTHING;
SELECT * FROM books WHERE code LIKE 'PAST%';
-- Judged as of its own date: before it expired it was good, whatever its status says now.
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid, date_used) VALUES (:'off', :alice, '2024-06-01');
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid, date_used) VALUES (:'off', :alice, '2024-05-31');
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid, date_used) VALUES (:'off', :bob, '2024-05-31');
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid, date_used) VALUES (:'off', :carol, now() - interval '59 minutes');
SELECT * FROM books WHERE code LIKE 'PAST%';
-- What is filled, or only known, in a savepoint is not when that is rolled back; a claim is spent first; a counter
-- that was lowered leaves less to fill.
BEGIN;
UPDATE phoenix_kit_referral_codes SET number_of_uses = number_of_uses + 1 WHERE uuid = :'off';
SAVEPOINT s;
UPDATE phoenix_kit_referral_codes SET number_of_uses = number_of_uses + 1 WHERE uuid = :'off';
ROLLBACK TO s;
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid, date_used) VALUES (:'off', :carol, '2024-05-31');
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid, date_used) VALUES (:'off', :dave, '2024-05-31');
SELECT * FROM books WHERE code = 'PAST OFF';
ROLLBACK;
BEGIN;
SET LOCAL session_replication_role = replica;
UPDATE phoenix_kit_referral_codes SET number_of_uses = 4 WHERE uuid = :'off';
SET LOCAL session_replication_role = origin;
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid, date_used) VALUES (:'off', :carol, '2024-05-31');
SAVEPOINT s;
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid, date_used) VALUES (:'off', :dave, '2024-05-31');
ROLLBACK TO s;
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid, date_used) VALUES (:'off', '00000000-0000-0000-0000-0000000000e1', '2024-05-31');
SELECT * FROM books WHERE code = 'PAST OFF';
ROLLBACK TO s;
UPDATE phoenix_kit_referral_codes SET number_of_uses = 3 WHERE uuid = :'off';
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid, date_used) VALUES (:'off', '00000000-0000-0000-0000-0000000000e1', '2024-05-31');
SELECT * FROM books WHERE code = 'PAST OFF';
ROLLBACK;
-- In a transaction of its own or in one: an import may bring all together.
BEGIN;
INSERT INTO phoenix_kit_referral_codes (code, description, number_of_uses, max_uses, created_by_uuid, date_created) VALUES ('PAST ONE', 'x', 2, 3, :erin, '2024-01-01') RETURNING uuid AS one \gset
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid, date_used) VALUES (:'one', :alice, '2024-02-01'), (:'one', :bob, '2024-02-01'), (:'one', :carol, '2024-02-01');
SELECT * FROM books WHERE code = 'PAST ONE';
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid, date_used) VALUES (:'one', :dave, '2024-02-01');
ROLLBACK;
-- Who cannot see all rows cannot tell what they explain: history takes a use then, however much is left to fill.
BEGIN;
SET LOCAL session_replication_role = replica;
UPDATE phoenix_kit_referral_codes SET number_of_uses = 499 WHERE uuid = :'off';
SET LOCAL session_replication_role = origin;
CREATE ROLE blinkered;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO blinkered;
ALTER TABLE phoenix_kit_referral_code_usage ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON phoenix_kit_referral_code_usage USING (used_by_uuid IN (:carol, :dave));
SET LOCAL ROLE blinkered;
\set ON_ERROR_ROLLBACK on
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid, date_used) VALUES (:'off', :carol, '2024-05-31');
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid, date_used) VALUES (:'off', :dave, '2024-05-31');
\set ON_ERROR_ROLLBACK off
RESET ROLE;
SELECT * FROM books WHERE code = 'PAST OFF';
ROLLBACK;
-- History tells no event, and is history also where all else is judged.
BEGIN;
INSERT INTO phoenix_kit_settings (key, value) VALUES ('referral_guards_judge_all', 'true'), ('referral_events_enabled', 'true');
SELECT referral_disable_system();
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid, date_used) VALUES (:'off', :carol, '2024-05-31');
SELECT pg_catalog.count(*) FROM referral_events WHERE type = 'code.used';
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

-- A usage row that an UPDATE moves takes no second use, not to another partition either: there the code is full.
CREATE VIEW shop.books AS
SELECT c.number_of_uses, u.tableoid::regclass AS partition, u.used_by_uuid, u.date_used > '2026-01-01' AS is_new
  FROM shop.phoenix_kit_referral_code_usage AS u JOIN shop.phoenix_kit_referral_codes AS c ON c.uuid = u.code_uuid;
UPDATE shop.phoenix_kit_referral_code_usage SET date_used = '2024-07-01' WHERE used_by_uuid = :carol;
UPDATE shop.phoenix_kit_referral_code_usage SET date_used = now() WHERE used_by_uuid = :bob;
UPDATE shop.phoenix_kit_referral_code_usage SET used_by_uuid = :dave WHERE used_by_uuid = :bob;
TABLE shop.books ORDER BY used_by_uuid;
UPDATE shop.phoenix_kit_referral_code_usage SET date_used = CASE WHEN date_used > '2026-01-01' THEN '2024-08-01' ELSE now() END;
TABLE shop.books ORDER BY used_by_uuid;
-- An INSERT that is no such UPDATE's takes one, whatever was updated before it.
UPDATE shop.phoenix_kit_referral_codes SET max_uses = 5;
BEGIN;
SAVEPOINT s;
INSERT INTO shop.phoenix_kit_referral_code_usage (uuid, code_uuid, used_by_uuid) VALUES ('00000000-0000-0000-0000-0000000000aa', :'shop', :alice);
UPDATE shop.phoenix_kit_referral_code_usage SET used_by_uuid = :bob WHERE used_by_uuid = :alice;
ROLLBACK TO s;
INSERT INTO shop.phoenix_kit_referral_code_usage (uuid, code_uuid, used_by_uuid) VALUES ('00000000-0000-0000-0000-0000000000aa', :'shop', :alice);
UPDATE shop.phoenix_kit_referral_code_usage SET used_by_uuid = :bob WHERE used_by_uuid = :alice;
INSERT INTO shop.phoenix_kit_referral_code_usage (uuid, code_uuid, used_by_uuid) VALUES ('00000000-0000-0000-0000-0000000000aa', :'shop', :alice);
SELECT number_of_uses, pg_catalog.count(*) AS usages FROM shop.books GROUP BY number_of_uses;
ROLLBACK;

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
