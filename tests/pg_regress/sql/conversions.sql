-- Conversions: sales that carry a code, and purchases from the payment webhook; what is rewarded, and that
-- each is recorded once.
CREATE EXTENSION referrals;
SET client_min_messages = warning;
SELECT pg_catalog.count(*) > 0 AS made FROM referral_setup();
\set owner '''00000000-0000-0000-0000-0000000000aa'''
CREATE FUNCTION person(number integer) RETURNS uuid LANGUAGE sql IMMUTABLE AS
    $$SELECT pg_catalog.lpad(number::text, 32, '0')::uuid$$;

-- A code of the owner's in a program of its own.
CREATE PROCEDURE new_program(key text, attributes jsonb DEFAULT '{}') LANGUAGE plpgsql AS $$
BEGIN
    PERFORM referral_create_program(key, attributes);
    PERFORM referral_create_code('00000000-0000-0000-0000-0000000000aa', key, beneficiary_uuid => '00000000-0000-0000-0000-0000000000aa', max_uses => 20);
    PERFORM referral_assign_program((referral_get_code_by_string(key)).uuid, key);
END
$$;
-- What the ledger says of each source.
CREATE VIEW granted AS
SELECT v.source_type, v.source_ref, v.reason, pg_catalog.string_agg(r.side || ' ' || r.amount || ' ' || r.currency, ', ' ORDER BY r.side DESC) AS granted
  FROM referral_conversions AS v LEFT JOIN referral_rewards AS r ON r.conversion_uuid = v.uuid
 GROUP BY v.uuid
 ORDER BY v.source_type, v.source_ref;
SELECT referral_set_max_codes_per_user(100);
CALL new_program('plain');
CALL new_program('every', '{"first_purchase_only": false, "min_purchase": 0}');
CALL new_program('review', '{"requires_approval": true}');
CALL new_program('euro', '{"currency": "EUR", "referrer_reward": 0.0001, "referee_reward": 1234567890123456.789}');
CALL new_program('free', '{"referrer_reward": 0, "referee_reward": 0}');
CALL new_program('half', '{"referrer_reward": 0, "referee_reward": 5}');
CALL new_program('paused');
CALL new_program('window', '{"attribution_window": "30 days"}');
SELECT code FROM referral_create_code(:owner, 'NOBODY', max_uses => 9);
SELECT code FROM referral_create_code(:owner, 'OPEN', beneficiary_uuid => :owner, max_uses => 9);

-- A sale that carries a code: no usage row, no cap of uses.
SELECT pg_catalog.substr(uuid::text, 15, 1) AS version, program, code_uuid = (referral_get_code_by_string('PLAIN')).uuid AS code, referrer_uuid, owner_type,
       referee_uuid, source_type, source_ref, amount, currency, status, rewarded, reason, referrer_reward, referee_reward,
       converted_at BETWEEN pg_catalog.now() AND pg_catalog.clock_timestamp() AS converted_at, decided_at, decided_by, decision_reason
  FROM referral_attribute_sale(' plain ', person(1), 'S-1', amount => 50, currency => 'usd') \gx
SELECT pg_catalog.count(*) AS usages FROM phoenix_kit_referral_code_usage;
SELECT number_of_uses FROM referral_get_code_by_string('PLAIN');
SELECT * FROM granted;
SELECT side, user_uuid, amount, currency, program, available_at <= created_at AS at_once, reverses_uuid, reason FROM referral_rewards ORDER BY side DESC;
-- Each reason; without an amount no minimum is met, without a currency it is the program's.
SELECT rewarded, reason, referrer_reward, referee_reward FROM referral_attribute_sale('PLAIN', person(2), 'S-2', amount => 9.9999);
SELECT rewarded, reason FROM referral_attribute_sale('PLAIN', person(2), 'S-3');
SELECT rewarded, reason FROM referral_attribute_sale('PLAIN', person(2), 'S-4', amount => 50, currency => 'EUR');
SELECT rewarded, reason FROM referral_attribute_sale('PLAIN', person(2), 'S-5', amount => 10);
SELECT rewarded, reason FROM referral_attribute_sale('PLAIN', person(2), 'S-6', amount => 50);
SELECT rewarded, reason, amount FROM referral_attribute_sale('EVERY', person(2), 'S-7');
SELECT rewarded, reason FROM referral_attribute_sale('EVERY', person(2), 'S-8', amount => 0);
SELECT rewarded, reason, referrer_reward FROM referral_attribute_sale('REVIEW', person(31), 'S-9', amount => 50);
SELECT rewarded, reason FROM referral_attribute_sale('REVIEW', person(31), 'S-10', amount => 50);
SELECT rewarded, reason, currency, referrer_reward, referee_reward FROM referral_attribute_sale('EURO', person(32), 'S-11', amount => 50);
SELECT rewarded, reason FROM referral_attribute_sale('FREE', person(33), 'S-12', amount => 50);
SELECT rewarded, reason FROM referral_attribute_sale('HALF', person(34), 'S-13', amount => 50);
SELECT status FROM referral_update_program('paused', '{"status": "paused"}');
SELECT rewarded, reason FROM referral_attribute_sale('PAUSED', person(35), 'S-14', amount => 50);
SELECT program, rewarded, reason FROM referral_attribute_sale('OPEN', person(36), 'S-15', amount => 50);
SELECT * FROM granted;
-- No row: unknown, blank, inactive, expired, no referrer. The sale goes on, and may be told of again.
SELECT pg_catalog.count(*) FROM referral_attribute_sale('NOSUCH', person(3), 'S-20', amount => 50);
SELECT pg_catalog.count(*) FROM referral_attribute_sale('', person(3), 'S-20', amount => 50);
SELECT pg_catalog.count(*) FROM referral_attribute_sale('NOBODY', person(3), 'S-20', amount => 50);
SELECT referral_deactivate_code('OPEN');
SELECT pg_catalog.count(*) FROM referral_attribute_sale('OPEN', person(3), 'S-20', amount => 50);
SET session_replication_role = replica;
UPDATE phoenix_kit_referral_codes SET status = true, expiration_date = '2020-01-01' WHERE code = 'OPEN';
RESET session_replication_role;
SELECT pg_catalog.count(*) FROM referral_attribute_sale('OPEN', person(3), 'S-20', amount => 50);
UPDATE phoenix_kit_referral_codes SET expiration_date = NULL, max_uses = 1 WHERE code = 'OPEN';
SELECT ok FROM referral_try_use_code('OPEN', person(9));
SELECT reason FROM referral_attribute_sale('OPEN', person(3), 'S-20', amount => 50);
-- Self-referral, and where it is allowed.
SELECT code, message, detail FROM caught(pg_catalog.format('SELECT referral_attribute_sale(%L, %L, %L, amount => 50)', 'PLAIN', :owner, 'S-21'));
INSERT INTO phoenix_kit_settings (key, value) VALUES ('referral_allow_self_referral', 'true');
SELECT reason FROM referral_attribute_sale('PLAIN', :owner, 'S-21', amount => 50);
DELETE FROM phoenix_kit_settings WHERE key = 'referral_allow_self_referral';

-- A repeat gives the first row, whatever has become of code and program; other contents are refused.
SELECT (first.uuid, first.converted_at) = (again.uuid, again.converted_at) AS same, again.reason
  FROM referral_conversions AS first, referral_attribute_sale('plain', person(1), 'S-1', amount => 50.0000, currency => 'USD') AS again
 WHERE first.source_ref = 'S-1';
SELECT reason FROM referral_attribute_sale('PLAIN', person(1), 'S-1');
SELECT reason FROM referral_attribute_sale('PLAIN', person(2), 'S-2', amount => 9.9999);
SELECT code, message, detail, hint FROM caught($$SELECT referral_attribute_sale('PLAIN', person(2), 'S-1', amount => 50)$$) \gx
SELECT code FROM caught($$SELECT referral_attribute_sale('EVERY', person(1), 'S-1', amount => 50)$$);
SELECT code FROM caught($$SELECT referral_attribute_sale('NOSUCH', person(1), 'S-1', amount => 50)$$);
SELECT code FROM caught($$SELECT referral_attribute_sale('PLAIN', person(1), 'S-1', amount => 50.0001)$$);
SELECT code FROM caught($$SELECT referral_attribute_sale('PLAIN', person(1), 'S-1', amount => 50, currency => 'EUR')$$);
SELECT reason FROM referral_attribute_sale('PLAIN', person(1), 'S-1', 'invoice', amount => 51);
SELECT referral_deactivate_code('PLAIN');
SELECT reason FROM referral_attribute_sale('PLAIN', person(1), 'S-1', amount => 50);
SELECT renamed.code FROM referral_get_code_by_string('PLAIN') AS c, referral_update_code(c.uuid, '{"code": "RENAMED", "status": true}') AS renamed;
SELECT reason FROM referral_attribute_sale('PLAIN', person(1), 'S-1', amount => 50);
SELECT reason FROM referral_attribute_sale('RENAMED', person(1), 'S-1', amount => 50);
SELECT referral_delete_code((referral_get_code_by_string('RENAMED')).uuid);
SELECT reason FROM referral_attribute_sale('PLAIN', person(1), 'S-1', amount => 50);
SELECT pg_catalog.count(*) FROM referral_attribute_sale('PLAIN', person(1), 'S-22', amount => 50);
SELECT source_ref, granted FROM granted WHERE source_ref = 'S-1';

-- The webhook: who was never referred, or only by a code that leads to nobody.
SELECT * FROM referral_record_purchase(person(10), 'P-1', 50);
SELECT ok FROM referral_try_use_code('NOBODY', person(10));
SELECT * FROM referral_record_purchase(person(10), 'P-1', 50);
-- Rewarded once, however often it is delivered.
SELECT ok FROM referral_try_use_code('WINDOW', person(11));
SELECT rewarded, reason, conversion_uuid IS NULL AS unrecorded, referrer_uuid, referrer_reward, referee_reward FROM referral_record_purchase(person(11), 'P-2', 9.99);
SELECT rewarded, reason, conversion_uuid IS NULL AS unrecorded, referrer_uuid FROM referral_record_purchase(person(11), 'P-3', 50, 'EUR');
SELECT rewarded, reason, conversion_uuid IS NOT NULL AS recorded, referrer_uuid, referrer_reward, referee_reward FROM referral_record_purchase(person(11), 'P-4', 50);
SELECT p.rewarded, p.reason, p.conversion_uuid = v.uuid AS same, p.referrer_uuid, p.referrer_reward, p.referee_reward
  FROM referral_record_purchase(person(11), 'P-4', 50.00, 'usd') AS p, referral_conversions AS v WHERE v.source_ref = 'P-4';
SELECT rewarded, reason, conversion_uuid IS NULL AS unrecorded, referrer_uuid FROM referral_record_purchase(person(11), 'P-5', 60);
SELECT rewarded, reason FROM referral_record_purchase(person(11), 'P-4', 50, source_type => 'invoice');
-- What was below the minimum or not the first left no trace.
SELECT source_ref, reason FROM referral_conversions WHERE referee_uuid = person(11);
SELECT * FROM granted WHERE source_ref = 'P-4';
-- The same source with other contents.
SELECT code, detail FROM caught($$SELECT referral_record_purchase(person(12), 'P-4', 50)$$);
SELECT code, detail FROM caught($$SELECT referral_record_purchase(person(11), 'P-4', 49)$$);
SELECT code, detail FROM caught($$SELECT referral_record_purchase(person(11), 'P-4', 50, 'EUR')$$);
-- A sale that was told of with its code is a duplicate for the webhook, and the other way round.
SELECT rewarded, reason, referrer_reward FROM referral_record_purchase(person(2), 'S-7', 20);
SELECT reason, amount FROM referral_attribute_sale('WINDOW', person(11), 'P-4', amount => 50);
-- The window, and who was referred before it was set.
SET session_replication_role = replica;
UPDATE phoenix_kit_referral_code_usage SET date_used = pg_catalog.now() - interval '31 days' WHERE used_by_uuid = person(11);
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid, date_used) SELECT uuid, person(12), pg_catalog.now() - interval '30 days 1 minute' FROM referral_get_code_by_string('WINDOW');
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid, date_used) SELECT uuid, person(13), pg_catalog.now() - interval '29 days 23 hours' FROM referral_get_code_by_string('WINDOW');
UPDATE phoenix_kit_referral_codes SET number_of_uses = 3 WHERE code = 'WINDOW';
RESET session_replication_role;
SELECT rewarded, reason, referrer_uuid FROM referral_record_purchase(person(12), 'P-6', 50);
SELECT rewarded, reason FROM referral_record_purchase(person(13), 'P-7', 50);
SELECT rewarded, reason FROM referral_record_purchase(person(11), 'P-4', 50);
-- A deactivated or expired code takes nothing from whom it has brought; a deleted one has brought nobody.
SELECT ok FROM referral_try_use_code('HALF', person(14));
SELECT ok FROM referral_try_use_code('HALF', person(15));
SELECT referral_deactivate_code('HALF');
SELECT rewarded, reason, referrer_reward, referee_reward FROM referral_record_purchase(person(14), 'P-8', 50);
SELECT referral_delete_code((referral_get_code_by_string('HALF')).uuid);
SELECT rewarded, reason FROM referral_record_purchase(person(15), 'P-9', 50);
SELECT rewarded, reason FROM referral_record_purchase(person(14), 'P-8', 50);
-- Pending, paused, without rewards; every purchase; the earliest redemption of several programs decides.
SELECT ok FROM referral_try_use_code('REVIEW', person(16));
SELECT rewarded, reason, referrer_reward, referee_reward FROM referral_record_purchase(person(16), 'P-10', 50);
SELECT rewarded, reason FROM referral_record_purchase(person(16), 'P-11', 50);
SELECT rewarded, reason FROM referral_record_purchase(person(16), 'P-10', 50);
SELECT ok FROM referral_try_use_code('FREE', person(17));
SELECT rewarded, reason, referrer_reward, referee_reward FROM referral_record_purchase(person(17), 'P-12', 50);
SELECT rewarded, reason FROM referral_record_purchase(person(17), 'P-13', 50);
SELECT ok FROM referral_try_use_code('EVERY', person(18));
SELECT ok FROM referral_try_use_code('WINDOW', person(18));
SELECT rewarded, reason FROM referral_record_purchase(person(18), 'P-14', 0);
SELECT rewarded, reason FROM referral_record_purchase(person(18), 'P-15', 50);
SELECT status FROM referral_update_program('every', '{"status": "paused"}');
SELECT rewarded, reason, referrer_uuid FROM referral_record_purchase(person(18), 'P-16', 50);
SELECT status FROM referral_update_program('every', '{"status": "active"}');
-- One's own code, redeemed while that was allowed.
INSERT INTO phoenix_kit_settings (key, value) VALUES ('referral_allow_self_referral', 'true');
SELECT ok FROM referral_try_use_code('EVERY', :owner);
DELETE FROM phoenix_kit_settings WHERE key = 'referral_allow_self_referral';
SELECT rewarded, reason, referrer_uuid FROM referral_record_purchase(:owner, 'P-17', 50);
-- An owner of another kind.
SELECT code AS partner FROM referral_code_for(:owner, 'every', 'partner') \gset
SELECT owner_type, reason FROM referral_attribute_sale(:'partner', person(19), 'S-30', amount => 1);
SELECT * FROM granted WHERE source_ref LIKE 'P-%';

-- Bad input is named, for both alike.
CREATE FUNCTION refused(arguments text) RETURNS text LANGUAGE sql AS $$
    SELECT pg_catalog.concat_ws(' ', sale.code, sale.message,
           CASE WHEN sale.code IS DISTINCT FROM purchase.code OR sale.message IS DISTINCT FROM purchase.message
                THEN '| purchase: ' || coalesce(purchase.code, 'none') || ' ' || coalesce(purchase.message, '') END)
      FROM caught('SELECT referral_attribute_sale(''EVERY'', ' || arguments || ')') AS sale,
           caught('SELECT referral_record_purchase(' || arguments || ')') AS purchase
$$;
SELECT arguments, refused(arguments)
  FROM pg_catalog.unnest(ARRAY[
       $$NULL, 'X', amount => 1$$,
       $$person(11), NULL, amount => 1$$,
       $$person(11), '', amount => 1$$,
       $$person(11), E' \t', amount => 1$$,
       $$person(11), pg_catalog.repeat('x', 256), amount => 1$$,
       $$person(11), 'X', amount => 1, source_type => NULL$$,
       $$person(11), 'X', amount => 1, source_type => ' '$$,
       $$person(11), 'X', amount => 1, source_type => pg_catalog.repeat('x', 256)$$,
       $$person(11), 'X', amount => -0.0001$$,
       $$person(11), 'X', amount => 1.00001$$,
       $$person(11), 'X', amount => 'NaN'$$,
       $$person(11), 'X', amount => 'Infinity'$$,
       $$person(11), 'X', amount => '-Infinity'$$,
       $$person(11), 'X', amount => 10000000000000000$$,
       $$person(11), 'X', amount => 1e1000$$,
       $$person(11), 'X', amount => 1, currency => ''$$,
       $$person(11), 'X', amount => 1, currency => 'E'$$,
       $$person(11), 'X', amount => 1, currency => 'US$'$$]) AS arguments \gx
SELECT code, message FROM caught($$SELECT referral_record_purchase(person(11), 'X', NULL)$$);
SELECT code, message FROM caught($$SELECT referral_record_purchase(person(11), 'X', 1, NULL)$$);
SELECT code, message FROM caught($$SELECT referral_attribute_sale(NULL, person(11), 'X')$$);
SELECT pg_catalog.count(*) FROM referral_conversions WHERE source_ref = 'X';
SELECT reason, amount, pg_catalog.length(source_ref) AS length FROM referral_attribute_sale('EVERY', person(20), pg_catalog.repeat('ü', 255), amount => 9999999999999999.9999);
SELECT reason, amount FROM referral_attribute_sale('EVERY', person(20), ' X ', amount => 1.500000);

-- All in the caller's transaction.
BEGIN;
SAVEPOINT s;
SELECT reason FROM referral_attribute_sale('EVERY', person(21), 'S-40', amount => 5);
ROLLBACK TO s;
SELECT pg_catalog.count(*) FROM referral_conversions WHERE source_ref = 'S-40';
SELECT reason FROM referral_attribute_sale('EVERY', person(21), 'S-40', amount => 6);
COMMIT;

-- The lists: newest first, by status, in pages.
SELECT pg_catalog.left(source_ref, 5) AS source, program, status, rewarded FROM referral_list_for_referrer(:owner, max_rows => 3);
SELECT pg_catalog.left(source_ref, 5) AS source FROM referral_recent_conversions(3);
SELECT source_ref FROM referral_list_for_referrer(:owner, after_uuid => (SELECT uuid FROM referral_conversions WHERE source_ref = 'S-3')) ORDER BY source_ref;
SELECT pg_catalog.count(*) FROM referral_list_for_referrer(:owner, 'approved');
SELECT pg_catalog.count(*) FROM referral_list_for_referrer(person(1));
SELECT pg_catalog.count(*) FROM referral_list_for_referrer(:owner, max_rows => 0);
SELECT code, message FROM caught($$SELECT referral_list_for_referrer(person(1), 'open')$$);
SELECT code, message FROM caught($$SELECT referral_list_for_referrer(person(1), max_rows => -1)$$);
SELECT code, message FROM caught($$SELECT referral_list_for_referrer(NULL)$$);
SELECT code, message FROM caught($$SELECT referral_list_for_referrer(person(1), after_uuid => person(1))$$);

-- Everywhere what was rewarded is in the ledger, and nothing else.
SELECT v.source_ref
  FROM referral_conversions AS v LEFT JOIN referral_rewards AS r ON r.conversion_uuid = v.uuid
 GROUP BY v.uuid
HAVING coalesce(pg_catalog.sum(r.amount), 0) <> CASE WHEN v.reason = 'rewarded' THEN v.referrer_reward + v.referee_reward ELSE 0 END
    OR (v.reason = 'rewarded') <> (v.granted_at IS NOT NULL);
