-- Holds: a use is taken at once, and made, or given back, later.
CREATE EXTENSION referrals;
SET client_min_messages = warning;
SELECT pg_catalog.count(*) > 0 AS made FROM referral_setup();
CREATE FUNCTION person(number integer) RETURNS uuid LANGUAGE sql IMMUTABLE
RETURN pg_catalog.lpad(number::text, 32, '0')::uuid;
CREATE FUNCTION uuid_of(text) RETURNS uuid LANGUAGE sql RETURN (SELECT uuid FROM referral_get_code_by_string($1));
CREATE FUNCTION hold_of(code text, number integer) RETURNS uuid LANGUAGE sql
RETURN (SELECT hold_uuid FROM referral_holds WHERE code_uuid = uuid_of(code) AND user_uuid = person(number));
-- As if so long had passed since they were made.
CREATE PROCEDURE pass(by interval) LANGUAGE sql AS 'UPDATE referral_holds SET created_at = created_at - by, expires_at = expires_at - by';
-- What is counted is what rows explain, of codes and of programs.
CREATE VIEW books AS
SELECT c.code, c.number_of_uses AS counter, u.used, u.held, u.free, c.number_of_uses = u.used + h.counted AS kept
  FROM phoenix_kit_referral_codes AS c,
       referral_code_uses(c.uuid) AS u,
       LATERAL (SELECT pg_catalog.count(*) AS counted FROM referral_holds WHERE code_uuid = c.uuid AND is_counted) AS h
 ORDER BY c.code;
SELECT code FROM referral_create_code(person(9), 'TWO', max_uses => 2, beneficiary_uuid => person(9));

-- A hold takes a use at once, for 15 minutes; it is no use made.
SELECT hold_uuid = hold_of('TWO', 1) AS hold_uuid, code_uuid = uuid_of('TWO') AS code_uuid,
       expires_at - pg_catalog.clock_timestamp() BETWEEN interval '14 minutes' AND interval '15 minutes' AS expires_at
  FROM referral_hold_use(' two ', person(1));
SELECT * FROM books;
SELECT number_of_uses, remaining_uses, state FROM referral_get_code_by_string('TWO');
SELECT * FROM referral_code_uses(person(404));

-- Asking again renews it, and takes nothing more.
SELECT ok, reason, hold_uuid = hold_of('TWO', 1) AS same, code_uuid = uuid_of('TWO') AS code_uuid,
       expires_at - pg_catalog.clock_timestamp() > interval '59 minutes' AS later
  FROM referral_try_hold_use('TWO', person(1), '1 hour');
SELECT * FROM books;

-- Refused as a redemption is, in the same order.
SELECT ok, reason, hold_uuid, code_uuid IS NOT NULL AS code, expires_at FROM referral_try_hold_use('TWO', person(9));
SELECT ok, reason, code_uuid FROM referral_try_hold_use('NOSUCH', person(1));
SELECT ok, remaining_uses FROM referral_try_use_code('TWO', person(2));
SELECT ok, reason FROM referral_try_hold_use('TWO', person(3));
SELECT ok, reason, hold_uuid FROM referral_try_hold_use('TWO', person(2));
SELECT * FROM caught('SELECT referral_hold_use(''TWO'', person(3))') \gx
SELECT state FROM referral_get_code_by_string('TWO');

-- Nobody else can have it; its owner can, by whichever way, and a dry run knows.
SELECT valid, reason FROM referral_validate_code('TWO', person(1));
SELECT valid, reason FROM referral_validate_code('TWO', person(3));
SELECT hold_of('TWO', 1) AS hold \gset
SELECT usage_uuid = :'hold' AS usage_uuid, code, used_by_uuid, date_used IS NOT NULL AS date_used, beneficiary_uuid, number_of_uses, remaining_uses
  FROM referral_confirm_hold(:'hold');
SELECT * FROM books;
SELECT pg_catalog.count(*) FROM referral_holds;
-- Once more, as after a lost reply.
SELECT usage_uuid = :'hold' AS usage_uuid, code, used_by_uuid, date_used IS NOT NULL AS date_used, beneficiary_uuid, number_of_uses, remaining_uses
  FROM referral_confirm_hold(:'hold');
SELECT referral_release_hold(:'hold');
SELECT ok, reason, usage_uuid = :'hold' AS same FROM referral_try_use_code('TWO', person(1));
-- Its use undone, there is nothing left of it.
SELECT referral_undo_use(:'hold');
SELECT * FROM caught(format('SELECT referral_confirm_hold(%L)', :'hold')) \gx

-- Given back, once.
SELECT hold_uuid AS hold FROM referral_hold_use('TWO', person(3)) \gset
SELECT * FROM books;
SELECT referral_release_hold(:'hold'), referral_release_hold(:'hold'), referral_release_hold(person(404));
SELECT * FROM books;

-- A redemption by its owner spends it: by each function, and by hand, in the host's way too.
SELECT code FROM referral_create_code(person(9), 'FIVE', max_uses => 5);
SELECT pg_catalog.count(hold_uuid) FROM pg_catalog.generate_series(1, 5) AS number, referral_hold_use('FIVE', person(number));
SELECT ok, reason FROM referral_try_use_code('FIVE', person(6));
SELECT hold_of('FIVE', 1) AS hold \gset
SELECT usage_uuid = :'hold' AS same, number_of_uses, remaining_uses FROM referral_use_code('FIVE', person(1));
SELECT hold_of('FIVE', 2) AS hold \gset
SELECT ok, reason, usage_uuid = :'hold' AS same
  FROM referral_use_codes('FIVE', ARRAY[person(6), person(2), person(1)]);
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid) VALUES (uuid_of('FIVE'), person(3));
SELECT * FROM books WHERE code = 'FIVE';
-- The host's own UPDATE knows nothing of holds, and finds the code full; where it is not, the hold's use is free again.
SELECT max_uses FROM referral_update_code(uuid_of('FIVE'), '{"max_uses": 7}');
BEGIN;
UPDATE phoenix_kit_referral_codes SET number_of_uses = number_of_uses + 1 WHERE code = 'FIVE' AND number_of_uses < max_uses;
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid) VALUES (uuid_of('FIVE'), person(4));
COMMIT;
SELECT * FROM books WHERE code = 'FIVE';
-- A row of long ago leaves the hold of today nothing to wait for.
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid, date_used) VALUES (uuid_of('FIVE'), person(5), pg_catalog.now() - interval '2 days');
SELECT * FROM books WHERE code = 'FIVE';
SELECT pg_catalog.count(*) FROM referral_holds;

-- One that has expired counts until somebody needs its use; confirming it goes by what is free then.
SELECT code FROM referral_create_code(person(9), 'ONE', max_uses => 1);
SELECT hold_uuid AS hold FROM referral_hold_use('ONE', person(1)) \gset
CALL pass('20 minutes');
SELECT * FROM books WHERE code = 'ONE';
SELECT number_of_uses, remaining_uses, state FROM referral_get_code_by_string('ONE');
SELECT valid FROM referral_validate_code('ONE', person(2));
BEGIN;
SELECT usage_uuid = :'hold' AS confirmed FROM referral_confirm_hold(:'hold');
SELECT * FROM books WHERE code = 'ONE';
ROLLBACK;
SELECT ok, reason, remaining_uses FROM referral_try_use_code('ONE', person(2));
SELECT * FROM books WHERE code = 'ONE';
SELECT is_counted FROM referral_holds;
SELECT * FROM caught(format('SELECT referral_confirm_hold(%L)', :'hold')) \gx
SELECT ok, reason FROM referral_try_hold_use('ONE', person(1));
SELECT referral_undo_use(uuid) FROM phoenix_kit_referral_code_usage WHERE code_uuid = uuid_of('ONE');
BEGIN;
SELECT usage_uuid = :'hold' AS confirmed FROM referral_confirm_hold(:'hold');
SELECT * FROM books WHERE code = 'ONE';
ROLLBACK;
-- Asked for again it takes a use anew.
SELECT hold_uuid = :'hold' AS same FROM referral_hold_use('ONE', person(1));
SELECT * FROM books WHERE code = 'ONE';
-- By hand, by a batch and by another hold, too, whoever needs it has it.
CALL pass('1 day');
BEGIN;
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid) VALUES (uuid_of('ONE'), person(3));
SELECT * FROM books WHERE code = 'ONE';
ROLLBACK;
BEGIN;
SELECT ok, reason FROM referral_use_codes('ONE', ARRAY[person(3), person(4)]);
SELECT * FROM books WHERE code = 'ONE';
ROLLBACK;
SELECT ok FROM referral_try_hold_use('ONE', person(3));
SELECT * FROM books WHERE code = 'ONE';
-- Nobody comes back for one of days ago.
CALL pass('2 days');
SELECT ok FROM referral_try_hold_use('ONE', person(4));
SELECT user_uuid, is_counted FROM referral_holds;
SELECT * FROM books WHERE code = 'ONE';

-- A code that is switched off keeps its holds, and confirms none; deleted, it has none.
SELECT referral_deactivate_code('ONE');
SELECT * FROM caught(format('SELECT referral_confirm_hold(%L)', hold_of('ONE', 4))) \gx
SELECT referral_delete_code(uuid_of('ONE'));
SELECT pg_catalog.count(*) FROM referral_holds;

-- A program's cap counts what is held; its rule of one code is asked of what is made.
SELECT key FROM referral_create_program('spring', '{"max_uses_total": 2}');
SELECT c.code, referral_assign_program(c.uuid, 'spring') IS NOT NULL AS assigned
  FROM pg_catalog.unnest(ARRAY['SPRING 1', 'SPRING 2']) AS new (code), referral_create_code(person(8), new.code, max_uses => 5) AS c;
CREATE VIEW spring AS
SELECT p.number_of_uses AS counter, pg_catalog.sum(c.number_of_uses) AS uses, pg_catalog.sum(u.used) AS used, pg_catalog.sum(u.held) AS held
  FROM referral_programs AS p, phoenix_kit_referral_codes AS c, referral_code_uses(c.uuid) AS u
 WHERE p.key = 'spring' AND c.code LIKE 'SPRING%'
 GROUP BY p.number_of_uses;
SELECT ok FROM referral_try_hold_use('SPRING 1', person(1));
SELECT ok FROM referral_try_hold_use('SPRING 2', person(2));
SELECT ok, reason FROM referral_try_use_code('SPRING 1', person(3));
SELECT * FROM spring;
SELECT ok FROM referral_try_use_code('SPRING 1', person(1));
SELECT ok, reason FROM referral_try_hold_use('SPRING 2', person(1));
SELECT * FROM spring;
-- Expired, it makes room in another code of the program, too.
CALL pass('20 minutes');
SELECT valid FROM referral_validate_code('SPRING 1', person(3));
BEGIN;
SELECT ok, reason FROM referral_use_codes('SPRING 1', ARRAY[person(3), person(4)]);
SELECT * FROM spring;
ROLLBACK;
BEGIN;
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid) VALUES (uuid_of('SPRING 1'), person(3));
SELECT * FROM spring;
ROLLBACK;
SELECT ok FROM referral_try_hold_use('SPRING 1', person(3));
SELECT * FROM spring;
SELECT ok, reason FROM referral_try_use_code('SPRING 2', person(2));
SELECT referral_release_hold(hold_of('SPRING 1', 3));
SELECT * FROM spring;
SELECT ok, reason FROM referral_try_use_code('SPRING 2', person(2));
SELECT * FROM spring;
-- A held use moves with its code.
SELECT ok, reason FROM referral_try_hold_use('SPRING 1', person(5));
SELECT referral_undo_use(uuid) FROM phoenix_kit_referral_code_usage WHERE used_by_uuid = person(2) AND code_uuid = uuid_of('SPRING 2');
SELECT ok, reason FROM referral_try_hold_use('SPRING 1', person(5));
SELECT key FROM referral_create_program('summer', '{"max_uses_total": 9}');
SELECT referral_assign_program(uuid_of('SPRING 1'), 'summer') IS NOT NULL AS assigned;
SELECT key, number_of_uses FROM referral_list_programs() WHERE key <> 'default' ORDER BY key;
SELECT usage_uuid IS NOT NULL AS confirmed FROM referral_confirm_hold(hold_of('SPRING 1', 5));
SELECT key, number_of_uses FROM referral_list_programs() WHERE key <> 'default' ORDER BY key;

-- Who is forgotten is forgotten in holds.
SELECT ok FROM referral_try_hold_use('FIVE', person(7));
SELECT referral_forget_user(person(7)) AS pseudonym \gset
SELECT pg_catalog.count(*) FROM referral_holds WHERE user_uuid = :'pseudonym';

-- Nothing is told of a hold, all of a use.
INSERT INTO phoenix_kit_settings (key, value) VALUES ('referral_events_enabled', 'true');
SELECT ok FROM referral_try_hold_use('TWO', person(7));
SELECT pg_catalog.count(*) FROM referral_events;
SELECT used_by_uuid FROM referral_confirm_hold(hold_of('TWO', 7));
SELECT type, payload ->> 'used_by_uuid' AS used_by_uuid FROM referral_events;

-- The doctor tells what is held, and finds all in order.
SELECT severity, finding FROM referral_doctor() WHERE severity <> 'info' OR finding LIKE '%held%' OR finding LIKE '%hold%';

-- Bad input.
SELECT code, message FROM caught('SELECT referral_hold_use(NULL, person(1))');
SELECT code, message FROM caught('SELECT referral_hold_use(''TWO'', NULL)');
SELECT code, message FROM caught('SELECT referral_hold_use(''TWO'', person(1), NULL)');
SELECT code, message FROM caught('SELECT referral_confirm_hold(NULL)');
SELECT code, message FROM caught('SELECT referral_release_hold(NULL)');
SELECT ttl, (caught(format('SELECT referral_hold_use(''TWO'', person(1), %L)', ttl))).*
  FROM pg_catalog.unnest(ARRAY['0', '-1 second', '1 month -31 days', '1 month -27 days', '366 days 1 second', '12 months', '13 months', '178000000 years']) AS ttl \gx

-- In a batch, too, whoever comes first has the use of a hold that has expired: its owner, or somebody else.
SELECT code FROM referral_create_code(person(9), 'BATCH', max_uses => 1);
SELECT ok FROM referral_try_hold_use('BATCH', person(1));
CALL pass('20 minutes');
BEGIN;
SELECT ok, reason, usage_uuid IS NOT NULL AS usage FROM referral_use_codes('BATCH', ARRAY[person(1), person(2)]);
SELECT * FROM books WHERE code = 'BATCH';
ROLLBACK;
SELECT ok, reason, usage_uuid IS NOT NULL AS usage FROM referral_use_codes('BATCH', ARRAY[person(2), person(1)]);
SELECT * FROM books WHERE code = 'BATCH';
