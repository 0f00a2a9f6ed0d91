-- Programs: made, changed and shown; the codes of people; and what a program says to a redemption.
CREATE EXTENSION referrals;
SET client_min_messages = warning;
SELECT pg_catalog.count(*) > 0 AS made FROM referral_setup();
\set alice '''00000000-0000-0000-0000-00000000000a'''
\set bob '''00000000-0000-0000-0000-00000000000b'''
\set carol '''00000000-0000-0000-0000-00000000000c'''
\set dora '''00000000-0000-0000-0000-00000000000d'''
\set emil '''00000000-0000-0000-0000-00000000000e'''

-- A program counts the uses of its codes while it has a cap, and not otherwise.
CREATE VIEW uses AS
SELECT p.key,
       p.max_uses_total AS cap,
       p.number_of_uses AS counted,
       (SELECT pg_catalog.sum(c.number_of_uses)
          FROM phoenix_kit_referral_codes AS c
               LEFT JOIN referral_code_programs AS m ON m.code_uuid = c.uuid
         WHERE coalesce(m.program, CASE WHEN c.beneficiary_uuid IS NOT NULL THEN 'default' END) = p.key) AS uses
  FROM referral_programs AS p
 ORDER BY p.key;
CREATE FUNCTION code_uuid(code text) RETURNS uuid LANGUAGE sql AS
    'SELECT uuid FROM referral_get_code_by_string(code)';

-- The program that setup makes has the contract's defaults, and so has one without attributes.
SELECT key, name, status, starts_at, ends_at, code_length, code_alphabet, code_prefix, max_uses_per_code, max_uses_total,
       number_of_uses, codes_expire_after, referrer_reward, referee_reward, currency, min_purchase, first_purchase_only,
       one_code_per_referee, attribution_window, hold_period, requires_approval, metadata, created_at = updated_at AS untouched
  FROM referral_get_program('default') \gx
SELECT (pg_catalog.to_jsonb(plain) - ARRAY['key', 'name', 'created_at', 'updated_at'])
     = (pg_catalog.to_jsonb(standard) - ARRAY['key', 'name', 'created_at', 'updated_at']) AS same,
       plain.key, plain.name
  FROM referral_create_program('plain') AS plain, referral_get_program('default') AS standard;
SELECT * FROM referral_get_program('nowhere');
SELECT * FROM referral_get_program(NULL);

-- Every attribute; what may be absent is taken away by null; what is not named stays.
SELECT (referral_create_program('spring', '{
    "name": "Spring sale", "status": "paused", "starts_at": "2020-01-01 00:00+00", "ends_at": "2030-01-01 00:00+00",
    "code_length": 4, "code_alphabet": "AB", "code_prefix": " sp-", "max_uses_per_code": 3, "max_uses_total": 9,
    "codes_expire_after": "30 days", "referrer_reward": 12.3456, "referee_reward": "0.1", "currency": " eur ",
    "min_purchase": 0, "first_purchase_only": false, "one_code_per_referee": false, "attribution_window": "1 month",
    "hold_period": "14 days", "requires_approval": true, "metadata": {"campaign": 7}}')).key IS NOT NULL AS made;
SELECT pg_catalog.jsonb_pretty(pg_catalog.to_jsonb(p) - ARRAY['created_at', 'updated_at', 'starts_at', 'ends_at']) FROM referral_get_program('spring') AS p;
SELECT name, status, starts_at, ends_at, code_prefix, max_uses_total, codes_expire_after, attribution_window, currency, updated_at > created_at AS updated
  FROM referral_update_program('spring', '{"starts_at": null, "ends_at": null, "code_prefix": null, "max_uses_total": null, "codes_expire_after": null, "attribution_window": null, "status": "ended"}');
SELECT name, status, metadata FROM referral_update_program('spring', '{}');
SELECT key FROM referral_list_programs();

-- Each value of no use is named, and nothing is changed.
CREATE FUNCTION refused(changes jsonb) RETURNS text LANGUAGE sql AS $$
    SELECT pg_catalog.concat_ws(' | ', made.code, made.column_name, made.message,
           CASE WHEN made.code IS DISTINCT FROM changed.code OR made.message IS DISTINCT FROM changed.message
                THEN 'not the same when changed: ' || changed.message END)
      FROM caught(pg_catalog.format('SELECT referral_create_program(%L, %L)', 'wrong', changes)) AS made,
           caught(pg_catalog.format('SELECT referral_update_program(%L, %L)', 'plain', changes)) AS changed
$$;
SELECT changes, refused(changes)
  FROM pg_catalog.unnest(ARRAY[
       '{"colour": "red"}', '{"key": "other"}', '{"number_of_uses": 0}', '{"Name": "x"}',
       '{"name": null}', '{"name": " "}', '{"name": 7}',
       '{"status": "on"}', '{"status": null}', '{"status": "Active"}',
       '{"starts_at": "soon"}', '{"starts_at": 7}', '{"ends_at": "2020-13-01"}',
       '{"starts_at": "2021-01-01", "ends_at": "2021-01-01"}',
       '{"code_length": 2}', '{"code_length": 0}', '{"code_length": -1}', '{"code_length": 51}', '{"code_length": 8.5}', '{"code_length": 99999999999}', '{"code_length": null}',
       '{"code_alphabet": "A"}', '{"code_alphabet": "AA"}', '{"code_alphabet": "ab"}', '{"code_alphabet": ""}', '{"code_alphabet": null}',
       '{"code_prefix": "A B\tC"}', '{"code_prefix": 1}', '{"code_length": 45, "code_prefix": "TOO-LONG"}',
       '{"max_uses_per_code": 0}', '{"max_uses_per_code": 101}', '{"max_uses_per_code": "3"}', '{"max_uses_per_code": null}',
       '{"max_uses_total": 0}', '{"max_uses_total": -1}', '{"max_uses_total": "many"}', '{"max_uses_total": 2147483648}',
       '{"codes_expire_after": "0"}', '{"codes_expire_after": "-1 day"}', '{"codes_expire_after": "long"}', '{"codes_expire_after": true}',
       '{"referrer_reward": -1}', '{"referrer_reward": 0.00001}', '{"referrer_reward": "NaN"}', '{"referrer_reward": null}', '{"referrer_reward": true}',
       '{"referee_reward": -0.0001}', '{"referee_reward": "Infinity"}', '{"referee_reward": 10000000000000000}',
       '{"currency": "E"}', '{"currency": "€€€"}', '{"currency": null}', '{"currency": "12345678901"}',
       '{"min_purchase": -1}', '{"min_purchase": "ten"}',
       '{"first_purchase_only": "yes"}', '{"first_purchase_only": null}', '{"one_code_per_referee": 1}', '{"requires_approval": "true"}',
       '{"attribution_window": "-1 hour"}', '{"attribution_window": "?"}',
       '{"hold_period": "-1 second"}', '{"hold_period": null}',
       '{"metadata": []}', '{"metadata": null}', '{"metadata": "x"}']::jsonb[]) AS changes \gx
SELECT pg_catalog.count(*) FROM referral_get_program('wrong');
SELECT updated_at = created_at AS untouched FROM referral_get_program('plain');

-- The key, and what else is wrong with the call.
SELECT code, message, detail, hint, column_name FROM caught($$SELECT referral_create_program('plain')$$) \gx
SELECT code, column_name, message FROM caught($$SELECT referral_create_program('')$$);
SELECT code, column_name, message FROM caught($$SELECT referral_create_program(' x')$$);
SELECT code, column_name, message FROM caught($$SELECT referral_create_program(E'x\ty')$$);
SELECT code, column_name, message FROM caught($$SELECT referral_create_program(pg_catalog.repeat('x', 65))$$);
SELECT code, message FROM caught($$SELECT referral_create_program(NULL)$$);
SELECT code, message FROM caught($$SELECT referral_create_program('x', NULL)$$);
SELECT code, message FROM caught($$SELECT referral_create_program('x', '[]')$$);
SELECT code, message, hint FROM caught($$SELECT referral_update_program('nowhere', '{}')$$);
SELECT code, message FROM caught($$SELECT referral_update_program(NULL, '{}')$$);
SELECT code, message FROM caught($$SELECT referral_update_program('plain', NULL)$$);
SELECT key FROM referral_create_program(pg_catalog.repeat('ü', 64), '{"name": "long"}');

-- Somebody's own code: made once for each program and kind of owner, as the program says.
SELECT name FROM referral_update_program('spring', '{"status": "active", "code_prefix": "sp-", "codes_expire_after": "30 days"}');
SELECT code ~ '^SP-[AB]{4}$' AS recipe, description, status, number_of_uses, max_uses, created_by_uuid, beneficiary_uuid,
       expiration_date - date_created BETWEEN interval '30 days -1 second' AND interval '30 days 1 second' AS expires, remaining_uses, state
  FROM referral_code_for(:alice, 'spring') \gx
SELECT pg_catalog.length(code) AS length, max_uses, expiration_date FROM referral_code_for(:alice);
SELECT referral_code_for(:alice) = referral_code_for(:alice, 'default', ' user ') AS same,
       (referral_code_for(:alice)).uuid <> (referral_code_for(:alice, 'spring')).uuid AS by_program,
       (referral_code_for(:alice)).uuid <> (referral_code_for(:alice, owner_type => 'partner')).uuid AS by_kind,
       (referral_code_for(:alice)).uuid <> (referral_code_for(:bob)).uuid AS by_owner;
SELECT program, owner_type, pg_catalog.count(*) FROM referral_code_programs WHERE owner_uuid = :alice GROUP BY 1, 2 ORDER BY 1, 2;
-- The limit of codes a user may create does not hold for them; the system limit of uses does.
SELECT referral_set_max_codes_per_user(1);
SELECT (referral_code_for(:alice, 'plain')).max_uses;
SELECT code FROM caught(pg_catalog.format('SELECT referral_create_code(%L)', :alice));
SELECT referral_set_max_uses_per_code(4);
SELECT (referral_code_for(:carol, 'plain')).max_uses;
SELECT referral_set_max_uses_per_code(100), referral_set_max_codes_per_user(100);
-- Deleted by function or by hand: another takes its place. Taken by an assignment: the owner gets one more.
SELECT uuid AS first FROM referral_code_for(:dora, 'plain') \gset
SELECT referral_delete_code(:'first');
SELECT uuid AS second FROM referral_code_for(:dora, 'plain') \gset
SELECT :'second' <> :'first' AS another;
DELETE FROM phoenix_kit_referral_codes WHERE uuid = :'second';
SELECT uuid AS third FROM referral_code_for(:dora, 'plain') \gset
SELECT :'third' <> :'second' AS another;
SELECT (referral_code_for(:dora, 'plain')).uuid = :'third' AS kept;
-- Where it is already it stays, and stays the owner's.
SELECT referral_assign_program(:'third', 'plain');
SELECT (referral_code_for(:dora, 'plain')).uuid = :'third' AS kept;
SELECT referral_assign_program(:'third', 'default');
SELECT (referral_code_for(:dora, 'plain')).uuid <> :'third' AS another;
SELECT program, owner_uuid, owner_type FROM referral_code_programs WHERE code_uuid = :'third';
-- A deactivated code is still the owner's.
SELECT code AS own FROM referral_code_for(:emil, 'plain') \gset
SELECT referral_deactivate_code(:'own');
SELECT code = :'own' AS same, state FROM referral_code_for(:emil, 'plain');
-- Of a program that is not active a code is found, not made.
SELECT status FROM referral_update_program('plain', '{"status": "paused"}');
SELECT code = :'own' AS same FROM referral_code_for(:emil, 'plain');
SELECT code, message, detail, hint FROM caught(pg_catalog.format('SELECT referral_code_for(%L, %L)', :bob, 'plain')) \gx
SELECT status FROM referral_update_program('plain', '{"status": "active", "starts_at": "2200-01-01"}');
SELECT code FROM caught(pg_catalog.format('SELECT referral_code_for(%L, %L)', :bob, 'plain'));
SELECT status FROM referral_update_program('plain', '{"starts_at": null, "ends_at": "2020-01-01"}');
SELECT code FROM caught($$SELECT referral_code_for('00000000-0000-0000-0000-0000000000ff', 'plain')$$);
SELECT status FROM referral_update_program('plain', '{"ends_at": null}');
SELECT code, message, hint FROM caught(pg_catalog.format('SELECT referral_code_for(%L, %L)', :bob, 'nowhere'));
SELECT code, message FROM caught('SELECT referral_code_for(NULL)');
SELECT code, message FROM caught(pg_catalog.format('SELECT referral_code_for(%L, NULL)', :bob));
SELECT code, message FROM caught(pg_catalog.format('SELECT referral_code_for(%L, %L, NULL)', :bob, 'plain'));
SELECT code, message FROM caught(pg_catalog.format('SELECT referral_code_for(%L, %L, %L)', :bob, 'plain', '  '));
SELECT code, message FROM caught(pg_catalog.format('SELECT referral_code_for(%L, %L, pg_catalog.repeat(%L, 65))', :bob, 'plain', 'x'));

-- Whose code that is. One that was never assigned belongs to the program default, if it leads to somebody.
SELECT code FROM referral_create_code(:alice, 'ALICE', beneficiary_uuid => :alice, max_uses => 9);
SELECT code FROM referral_create_code(:alice, 'NOBODY', max_uses => 9);
SELECT code FROM referral_create_code(:alice, 'ADA', beneficiary_uuid => :alice, max_uses => 9);
SELECT referrer_uuid, owner_type, code_uuid = code_uuid('ALICE') AS code_uuid, program FROM referral_resolve(' alice ');
SELECT * FROM referral_resolve('NOBODY');
SELECT * FROM referral_resolve('NOSUCH');
SELECT * FROM referral_resolve('');
SELECT * FROM referral_resolve(NULL);
SELECT referral_assign_program(code_uuid('NOBODY'), 'spring');
SELECT * FROM referral_resolve('NOBODY');
SELECT r.referrer_uuid, r.owner_type, r.program FROM referral_code_for(:alice, owner_type => 'partner') AS c, referral_resolve(c.code) AS r;
SELECT referral_assign_program(code_uuid('ALICE'), 'spring');
SELECT program FROM referral_resolve('ALICE');
SELECT referral_assign_program(code_uuid('ALICE'), 'default');
SELECT program FROM referral_resolve('ALICE');
SELECT referral_deactivate_code('ALICE');
SELECT * FROM referral_resolve('ALICE');
UPDATE phoenix_kit_referral_codes SET status = true WHERE code = 'ALICE';
SELECT code, message FROM caught($$SELECT referral_assign_program('00000000-0000-0000-0000-000000000000', 'default')$$);
SELECT code, message, hint FROM caught($$SELECT referral_assign_program(code_uuid('ALICE'), 'nowhere')$$);
SELECT code, message FROM caught($$SELECT referral_assign_program(NULL, 'default')$$);
SELECT code, message FROM caught($$SELECT referral_assign_program(code_uuid('ALICE'), NULL)$$);

-- The dry run says what a redemption would, in words to show.
SELECT pg_catalog.count(*) AS codes FROM referral_create_program('dry', '{"max_uses_total": 2}') AS f1,
       referral_create_code(:alice, 'DRY', beneficiary_uuid => :alice, max_uses => 9) AS f2,
       referral_create_code(:bob, 'DRY2', beneficiary_uuid => :bob, max_uses => 1) AS f3;
SELECT referral_assign_program(code_uuid('DRY'), 'dry'), referral_assign_program(code_uuid('DRY2'), 'dry');
SELECT * FROM referral_validate_code('dry');
SELECT * FROM referral_validate_code('DRY', :carol);
SELECT * FROM referral_validate_code('DRY', :alice);
SELECT * FROM referral_validate_code('NOSUCH', :carol);
SELECT * FROM referral_validate_code('', :carol);
SELECT code, message FROM caught('SELECT referral_validate_code(NULL)');
SELECT used_by_uuid, beneficiary_uuid, remaining_uses FROM referral_use_code('DRY2', :carol);
SELECT * FROM referral_validate_code('DRY2', :carol);
SELECT * FROM referral_validate_code('DRY', :carol);
SELECT * FROM referral_validate_code('DRY2', :dora);
SELECT ok FROM referral_try_use_code('DRY', :dora);
SELECT * FROM referral_validate_code('DRY', :emil);
SELECT status FROM referral_update_program('dry', '{"status": "paused"}');
SELECT * FROM referral_validate_code('DRY', :emil);
SELECT referral_deactivate_code('DRY');
SELECT * FROM referral_validate_code('DRY', :emil);
ALTER TABLE phoenix_kit_referral_codes DISABLE TRIGGER referral_guard_code;
UPDATE phoenix_kit_referral_codes SET expiration_date = '2020-01-01' WHERE code = 'DRY2';
ALTER TABLE phoenix_kit_referral_codes ENABLE TRIGGER referral_guard_code;
SELECT * FROM referral_validate_code('DRY2', :emil);
SELECT referral_disable_system();
SELECT * FROM referral_validate_code('DRY', :emil);
SELECT referral_enable_system();

-- A user who has redeemed one code of a program is refused another, where the program says so.
SELECT pg_catalog.count(*) AS programs FROM referral_create_program('one') AS f1, referral_create_program('many', '{"one_code_per_referee": false}') AS f2;
SELECT pg_catalog.count(referral_create_code(:alice, 'CODE' || n, beneficiary_uuid => :alice, max_uses => 20)) FROM pg_catalog.generate_series(1, 4) AS n;
SELECT referral_assign_program(code_uuid('CODE' || n), 'one') FROM pg_catalog.generate_series(1, 2) AS n;
SELECT referral_assign_program(code_uuid('CODE' || n), 'many') FROM pg_catalog.generate_series(3, 4) AS n;
SELECT code FROM referral_use_code('CODE1', :bob);
SELECT code, message, detail, hint FROM caught(pg_catalog.format('SELECT referral_use_code(%L, %L)', 'CODE2', :bob)) \gx
SELECT ok, reason, usage_uuid, remaining_uses FROM referral_try_use_code('CODE2', :bob);
SELECT ok, reason, usage_uuid IS NOT NULL AS usage FROM referral_try_use_code('CODE1', :bob);
SELECT ok FROM referral_try_use_code('CODE3', :bob);
SELECT ok FROM referral_try_use_code('CODE4', :bob);
SELECT ok FROM referral_try_use_code('ALICE', :bob);
-- What was never assigned goes on as before any program: it is not refused to who has used another code ...
SELECT program FROM referral_resolve('ADA');
SELECT ok, reason FROM referral_try_use_code('ADA', :bob);
-- Given back, or the code in another program: free again.
SELECT referral_undo_use(uuid) FROM phoenix_kit_referral_code_usage WHERE code_uuid = code_uuid('CODE1');
SELECT ok FROM referral_try_use_code('CODE2', :bob);
SELECT ok, reason FROM referral_try_use_code('CODE1', :bob);
SELECT referral_assign_program(code_uuid('CODE2'), 'many');
SELECT ok FROM referral_try_use_code('CODE1', :bob);
SELECT referral_assign_program(code_uuid('CODE2'), 'one');
-- Two in one program from before stay; a third is refused.
SELECT pg_catalog.count(*) FROM phoenix_kit_referral_code_usage WHERE used_by_uuid = :bob AND code_uuid IN (code_uuid('CODE1'), code_uuid('CODE2'));
SELECT one_code_per_referee FROM referral_update_program('many', '{"one_code_per_referee": true}');
SELECT code FROM referral_create_code(:alice, 'CODE5', beneficiary_uuid => :alice);
SELECT referral_assign_program(code_uuid('CODE5'), 'many');
SELECT ok, reason FROM referral_try_use_code('CODE5', :bob);
-- The order: paused before one's own, one's own before another of the program, that before the cap.
SELECT pg_catalog.count(*) AS codes FROM referral_create_program('order', '{"max_uses_total": 1}') AS f1,
       referral_create_code(:carol, 'MINE', beneficiary_uuid => :carol) AS f2, referral_create_code(:carol, 'YOURS', beneficiary_uuid => :alice) AS f3;
SELECT referral_assign_program(code_uuid('MINE'), 'order'), referral_assign_program(code_uuid('YOURS'), 'order');
SELECT ok FROM referral_try_use_code('YOURS', :carol);
SELECT status FROM referral_update_program('order', '{"status": "ended"}');
SELECT ok, reason FROM referral_try_use_code('YOURS', :carol);
SELECT ok, reason FROM referral_try_use_code('MINE', :carol);
SELECT status FROM referral_update_program('order', '{"status": "active"}');
SELECT ok, reason FROM referral_try_use_code('MINE', :carol);
INSERT INTO phoenix_kit_settings (key, value) VALUES ('referral_allow_self_referral', 'true');
SELECT ok, reason FROM referral_try_use_code('MINE', :carol);
SELECT one_code_per_referee FROM referral_update_program('order', '{"one_code_per_referee": false}');
SELECT ok, reason FROM referral_try_use_code('MINE', :carol);
SELECT max_uses_total FROM referral_update_program('order', '{"max_uses_total": null}');
SELECT ok, reason FROM referral_try_use_code('MINE', :carol);
DELETE FROM phoenix_kit_settings WHERE key = 'referral_allow_self_referral';

-- A cap over all codes; a use given back, a code deleted, moved, or left by a savepoint.
SELECT pg_catalog.count(*) AS programs FROM referral_create_program('cap', '{"max_uses_total": 3}') AS f1, referral_create_program('cap2', '{"max_uses_total": 2}') AS f2;
SELECT pg_catalog.count(referral_create_code(:dora, 'CAP' || n, beneficiary_uuid => :dora, max_uses => 9)) FROM pg_catalog.generate_series(1, 3) AS n;
SELECT referral_assign_program(code_uuid('CAP' || n), 'cap') FROM pg_catalog.generate_series(1, 3) AS n;
SELECT ok FROM referral_try_use_code('CAP1', :alice);
SELECT ok FROM referral_try_use_code('CAP1', :bob);
-- Again: refused, and nothing of the program is spent.
SELECT ok, reason FROM referral_try_use_code('CAP1', :bob);
SELECT counted, uses FROM uses WHERE key = 'cap';
BEGIN;
SAVEPOINT s;
SELECT ok FROM referral_try_use_code('CAP2', :carol);
SELECT counted, uses FROM uses WHERE key = 'cap';
ROLLBACK TO s;
COMMIT;
SELECT ok FROM referral_try_use_code('CAP2', :carol);
SELECT code, message, detail, hint FROM caught(pg_catalog.format('SELECT referral_use_code(%L, %L)', 'CAP3', :emil)) \gx
SELECT ok, reason, remaining_uses FROM referral_try_use_code('CAP3', :emil);
SELECT counted, uses FROM uses WHERE key = 'cap';
SELECT referral_undo_use(uuid) FROM phoenix_kit_referral_code_usage WHERE code_uuid = code_uuid('CAP2');
SELECT counted, uses FROM uses WHERE key = 'cap';
SELECT ok FROM referral_try_use_code('CAP3', :emil);
-- Uses move with their code, if there is room for all of them.
SELECT referral_assign_program(code_uuid('CAP1'), 'cap2');
SELECT * FROM uses WHERE key LIKE 'cap%';
SELECT code, message, detail FROM caught($$SELECT referral_assign_program(code_uuid('CAP3'), 'cap2')$$);
SELECT * FROM uses WHERE key LIKE 'cap%';
SELECT program FROM referral_resolve('CAP3');
SELECT referral_assign_program(code_uuid('CAP1'), 'cap2');
SELECT referral_assign_program(code_uuid('CAP1'), 'many');
SELECT * FROM uses WHERE key LIKE 'cap%' OR key = 'many';
SELECT referral_assign_program(code_uuid('CAP1'), 'cap');
SELECT referral_delete_code(code_uuid('CAP1'));
SELECT * FROM uses WHERE key LIKE 'cap%';
-- A code that counts uses from before any program was there brings them along.
SELECT code FROM referral_create_code(:dora, 'OLD', max_uses => 9);
SELECT ok FROM referral_try_use_code('OLD', :alice);
SELECT ok FROM referral_try_use_code('OLD', :bob);
SELECT referral_assign_program(code_uuid('OLD'), 'cap');
SELECT * FROM uses WHERE key = 'cap';
SELECT ok, reason FROM referral_try_use_code('OLD', :carol);
-- A cap that is set later counts the uses so far; none is set below them.
SELECT max_uses_total, number_of_uses FROM referral_update_program('cap', '{"max_uses_total": null}');
SELECT ok FROM referral_try_use_code('OLD', :carol);
SELECT * FROM uses WHERE key = 'cap';
SELECT code, column_name, message FROM caught($$SELECT referral_update_program('cap', '{"max_uses_total": 3}')$$);
SELECT * FROM uses WHERE key = 'cap';
SELECT max_uses_total, number_of_uses FROM referral_update_program('cap', '{"max_uses_total": 4}');
SELECT ok, reason FROM referral_try_use_code('CAP2', :carol);
SELECT ok, reason FROM referral_try_use_code('CAP2', :alice);
SELECT max_uses_total, number_of_uses FROM referral_update_program('cap', '{"max_uses_total": 5}');
SELECT code, column_name, message FROM caught($$SELECT referral_update_program('cap', '{"max_uses_total": 3}')$$);
SELECT max_uses_total, number_of_uses FROM referral_update_program('cap', '{"name": "still"}');

-- The program default takes what leads to somebody and was never assigned, also when it is given a cap.
SELECT max_uses_total, number_of_uses FROM referral_update_program('default', '{"max_uses_total": 4}');
SELECT * FROM uses WHERE key = 'default';
SELECT ok FROM referral_try_use_code('ALICE', :carol);
SELECT ok FROM referral_try_use_code('ADA', :dora);
SELECT ok, reason FROM referral_try_use_code('ADA', :emil);
SELECT code FROM referral_create_code(:dora, 'FREE', max_uses => 9);
SELECT ok FROM referral_try_use_code('FREE', :emil);
SELECT * FROM uses WHERE key = 'default';
-- With its first beneficiary a code comes into it with its uses, by function and by hand; without one it leaves.
SELECT code, detail FROM caught(pg_catalog.format('SELECT referral_update_code(code_uuid(%L), %L)', 'FREE', '{"beneficiary_uuid": "00000000-0000-0000-0000-00000000000a"}'));
SELECT code, detail FROM caught(pg_catalog.format('UPDATE phoenix_kit_referral_codes SET beneficiary_uuid = %L WHERE code = %L', :alice, 'FREE'));
SELECT max_uses_total, number_of_uses FROM referral_update_program('default', '{"max_uses_total": 7}');
SELECT beneficiary_uuid FROM referral_update_code(code_uuid('FREE'), '{"beneficiary_uuid": "00000000-0000-0000-0000-00000000000a"}');
SELECT * FROM uses WHERE key = 'default';
SELECT beneficiary_uuid FROM referral_update_code(code_uuid('FREE'), '{"beneficiary_uuid": "00000000-0000-0000-0000-00000000000b"}');
SELECT * FROM uses WHERE key = 'default';
SELECT beneficiary_uuid FROM referral_update_code(code_uuid('FREE'), '{"beneficiary_uuid": null}');
SELECT * FROM uses WHERE key = 'default';
UPDATE phoenix_kit_referral_codes SET beneficiary_uuid = :alice WHERE code = 'FREE';
SELECT * FROM uses WHERE key = 'default';
UPDATE phoenix_kit_referral_codes SET beneficiary_uuid = NULL WHERE code = 'FREE';
SELECT * FROM uses WHERE key = 'default';

-- Redemptions by hand meet the same rules, by an INSERT alone and by PhoenixKit's UPDATE and INSERT.
CREATE FUNCTION by_insert(code text, user_uuid uuid) RETURNS text LANGUAGE sql AS $$
    SELECT coalesce(code || ' ' || detail, 'redeemed')
      FROM caught(pg_catalog.format('INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid) VALUES (%L, %L)', code_uuid(code), user_uuid))
$$;
CREATE FUNCTION by_host(code text, user_uuid uuid) RETURNS text LANGUAGE sql AS $$
    SELECT coalesce(code || ' ' || detail, 'redeemed')
      FROM caught(pg_catalog.format('DO %L', pg_catalog.format('BEGIN
               UPDATE phoenix_kit_referral_codes SET number_of_uses = number_of_uses + 1 WHERE uuid = %1$L;
               INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid) VALUES (%1$L, %2$L);
           END', code_uuid(code), user_uuid)))
$$;
SELECT pg_catalog.count(*) AS codes FROM referral_create_program('hand', '{"max_uses_total": 2}') AS f1,
       referral_create_code(:emil, 'HAND1', beneficiary_uuid => :emil, max_uses => 9) AS f2, referral_create_code(:emil, 'HAND2', beneficiary_uuid => :emil, max_uses => 9) AS f3;
SELECT referral_assign_program(code_uuid('HAND1'), 'hand'), referral_assign_program(code_uuid('HAND2'), 'hand');
SELECT by_insert('HAND1', :alice), by_host('HAND2', :bob);
SELECT * FROM uses WHERE key = 'hand';
SELECT by_insert('HAND2', :alice), by_host('HAND1', :bob);
SELECT by_insert('HAND1', :carol), by_host('HAND2', :carol);
SELECT * FROM uses WHERE key = 'hand';
SELECT status FROM referral_update_program('hand', '{"status": "paused", "max_uses_total": 9}');
SELECT by_insert('HAND1', :carol), by_host('HAND2', :carol);
SELECT status FROM referral_update_program('hand', '{"status": "active"}');
SELECT by_insert('HAND1', :emil), by_host('HAND2', :carol);
-- ... but counts where a code that is assigned is asked for.
SELECT code AS of_the_program FROM referral_code_for(:carol) \gset
SELECT by_insert(:'of_the_program', :bob), by_insert(:'of_the_program', :emil);
SELECT by_host('ADA', :emil);
SELECT * FROM uses WHERE key IN ('default', 'hand');
SELECT code, number_of_uses FROM phoenix_kit_referral_codes WHERE code LIKE 'HAND%' ORDER BY code;

-- Everywhere the counters tell the uses.
SELECT * FROM uses WHERE counted <> CASE WHEN cap IS NULL THEN 0 ELSE uses END;
SELECT c.code
  FROM phoenix_kit_referral_codes c
 WHERE c.number_of_uses <> (SELECT pg_catalog.count(*) FROM phoenix_kit_referral_code_usage u WHERE u.code_uuid = c.uuid);
