-- The outbox: what has happened, told in the transaction in which it happened, to every consumer.
CREATE EXTENSION referrals;
SELECT pg_catalog.count(*) > 0 AS made FROM referral_setup();
\set alice '''00000000-0000-0000-0000-00000000000a'''
\set bob '''00000000-0000-0000-0000-00000000000b'''

-- A poll, with ids counted from a first event.
CREATE TABLE first (id bigint);
CREATE FUNCTION poll(consumer text, max_rows integer DEFAULT 100)
RETURNS TABLE (n bigint, type text, code text)
LANGUAGE sql AS $$
    SELECT id - (SELECT pg_catalog.min(id) FROM first) + 1, type, payload ->> 'code' FROM referral_poll_events(consumer, max_rows);
$$;
-- As if the lease of every event had run out.
CREATE PROCEDURE expire_leases() LANGUAGE sql AS $$ UPDATE referral_event_deliveries SET leased_until = pg_catalog.clock_timestamp() WHERE leased_until > pg_catalog.clock_timestamp() AND leased_until < 'infinity'; $$;
CREATE FUNCTION ids(VARIADIC codes text[]) RETURNS bigint[] LANGUAGE sql AS $$ SELECT pg_catalog.array_agg(id ORDER BY id) FROM referral_events WHERE payload ->> 'code' = ANY (codes); $$;

-- Off, which is the default: nothing is written.
SELECT code FROM referral_create_code(:alice, 'SILENT');
SELECT pg_catalog.count(*) FROM referral_create_codes(3, :bob);
SELECT referral_deactivate_code('silent');
SELECT status FROM referral_update_code((SELECT uuid FROM referral_get_code_by_string('silent')), '{"status": true}');
SELECT status FROM referral_update_code((SELECT uuid FROM referral_get_code_by_string('silent')), '{"status": false}');
INSERT INTO phoenix_kit_settings (key, value) VALUES ('referral_events_enabled', 'false');
SELECT code FROM referral_create_code(:alice, 'STILL');
SELECT pg_catalog.count(*) FROM referral_events;
SELECT pg_catalog.count(*) FROM referral_poll_events('early');

-- On.
UPDATE phoenix_kit_settings SET value = 'true' WHERE key = 'referral_events_enabled';
SELECT uuid AS spring FROM referral_create_code(:alice, ' spring ', beneficiary_uuid => :bob, max_uses => 7) \gset
SELECT type, payload - 'code_uuid' AS payload, payload ->> 'code_uuid' = :'spring' AS uuid_told, pg_catalog.clock_timestamp() - created_at BETWEEN '0' AND '1 minute' AS just_now FROM referral_events;
SELECT status FROM referral_create_code(:alice, 'SUMMER', status => false);
SELECT pg_catalog.count(*) AS written FROM referral_create_codes(2500, :bob, enforce_user_limit => false, beneficiary_uuid => :alice, max_uses => 2);
SELECT type, pg_catalog.count(*) AS events, pg_catalog.count(c.uuid) AS of_such_codes
  FROM referral_events AS e
       LEFT JOIN phoenix_kit_referral_codes AS c
         ON e.payload = pg_catalog.jsonb_build_object('code_uuid', c.uuid, 'code', c.code, 'created_by_uuid', c.created_by_uuid, 'beneficiary_uuid', c.beneficiary_uuid, 'max_uses', c.max_uses)
 GROUP BY type;
DELETE FROM referral_event_deliveries;
DELETE FROM referral_events WHERE payload ->> 'code' NOT IN ('SPRING', 'SUMMER');
-- Deactivated only when it was active.
SELECT referral_deactivate_code('spring');
SELECT referral_deactivate_code('spring');
SELECT status FROM referral_update_code(:'spring', '{"status": false}');
SELECT status FROM referral_update_code(:'spring', '{"status": true}');
SELECT status FROM referral_update_code(:'spring', '{"description": "x"}');
SELECT code, status FROM referral_update_code(:'spring', '{"status": false, "code": "autumn"}');
SELECT referral_deactivate_code('nosuch');
SELECT type, payload - 'code_uuid' AS payload, payload ->> 'code_uuid' = :'spring' AS uuid_told FROM referral_events WHERE type <> 'code.created' ORDER BY id;

-- What is rolled back is not told; a failed call tells nothing.
BEGIN;
SELECT code FROM referral_create_code(:alice, 'GONE');
ROLLBACK;
BEGIN;
SAVEPOINT s;
SELECT code FROM referral_create_code(:alice, 'GONE');
ROLLBACK TO SAVEPOINT s;
SELECT code FROM referral_create_code(:alice, 'KEPT');
COMMIT;
SELECT code FROM referral_create_code(:alice, 'KEPT');
SELECT payload ->> 'code' AS told FROM referral_events WHERE payload ->> 'code' IN ('GONE', 'KEPT');
DELETE FROM referral_event_consumers;
DELETE FROM referral_event_deliveries;
DELETE FROM referral_events;

-- A first poll gets what is kept; then in order, each once while it is leased.
SELECT code FROM referral_create_code('00000000-0000-0000-0000-00000000000c', 'ONE');
INSERT INTO first SELECT id FROM referral_events;
SELECT code FROM referral_create_code(:alice, 'TWO');
SELECT * FROM poll('mail', 1);
SELECT code FROM referral_create_code(:alice, 'THREE');
SELECT code FROM referral_create_code(:alice, 'FOUR');
SELECT consumer, pg_catalog.count(*) FROM referral_event_deliveries GROUP BY consumer;
SELECT code FROM poll('mail', 2);
SELECT code FROM poll('mail');
SELECT code FROM poll('mail');
SELECT pg_catalog.bool_and(leased_until BETWEEN pg_catalog.clock_timestamp() + '50 seconds' AND pg_catalog.clock_timestamp() + '60 seconds') AS for_a_minute FROM referral_event_deliveries;
-- Another consumer gets them all.
SELECT code FROM poll('audit');
-- Leases end by time, and with the transaction that took them if it rolls back.
CALL expire_leases();
SELECT code FROM poll('mail', 1);
BEGIN;
SELECT code FROM poll('mail');
ROLLBACK;
BEGIN ISOLATION LEVEL SERIALIZABLE;
SELECT code FROM poll('mail');
COMMIT;

-- Acknowledged for good, each once, for one consumer.
SELECT referral_ack_events('mail', ids('TWO', 'ONE'));
SELECT referral_ack_events('mail', ids('ONE', 'TWO', 'THREE') || ids('THREE') || ARRAY[-1, 9223372036854775807, NULL]);
SELECT referral_ack_events('mail', '{}');
SELECT referral_ack_events('nobody', ids('FOUR'));
CALL expire_leases();
SELECT code FROM poll('mail');
CALL expire_leases();
SELECT referral_ack_events('mail', ids('FOUR')) AS also_after_the_lease;
SELECT code FROM poll('mail');
SELECT code FROM poll('audit');
BEGIN;
SELECT referral_ack_events('audit', ids('ONE'));
ROLLBACK;
SELECT referral_ack_events('audit', ids('ONE'));

-- Pruned: acknowledged or not, for every consumer, and only what is old.
SELECT referral_prune_events('1 day');
UPDATE referral_events SET created_at = created_at - interval '25 hours' WHERE payload ->> 'code' IN ('ONE', 'THREE');
SELECT referral_prune_events('2 days');
SELECT referral_prune_events('1 day');
SELECT consumer, payload ->> 'code' AS code FROM referral_events LEFT JOIN referral_event_deliveries ON event_id = id ORDER BY id;
SELECT pg_catalog.count(*) FROM poll('late');
SELECT referral_prune_events('0');
SELECT referral_prune_events('0');
SELECT pg_catalog.count(*) FROM referral_event_deliveries;
-- More than one round.
SELECT pg_catalog.count(*) FROM referral_create_codes(2100, :bob, enforce_user_limit => false);
SELECT pg_catalog.count(*) FROM referral_poll_events('mail', 10000);
SELECT referral_prune_events('0');
SELECT (SELECT pg_catalog.count(*) FROM referral_events) AS events, (SELECT pg_catalog.count(*) FROM referral_event_deliveries) AS deliveries;

SELECT referral_set_max_codes_per_user(100);
-- How often an event has come; leased for as long as is asked for.
SELECT code FROM referral_create_code(:alice, 'FIVE');
SELECT code FROM referral_create_code(:alice, 'SIX');
SELECT payload ->> 'code' AS code, attempts FROM referral_poll_events('mail', 1, lease => '1 hour');
SELECT pg_catalog.bool_and(leased_until BETWEEN pg_catalog.clock_timestamp() + '59 minutes' AND pg_catalog.clock_timestamp() + '1 hour') AS for_an_hour FROM referral_event_deliveries WHERE consumer = 'mail' AND leased_until > '-infinity';
SELECT payload ->> 'code' AS code, attempts FROM referral_poll_events('mail', lease => '1 millisecond');
CALL expire_leases();
SELECT payload ->> 'code' AS code, attempts FROM referral_poll_events('mail');
BEGIN;
CALL expire_leases();
SELECT payload ->> 'code' AS code, attempts FROM referral_poll_events('mail');
ROLLBACK;
CALL expire_leases();
SELECT payload ->> 'code' AS code, attempts FROM referral_poll_events('mail', lease => '1 day');

-- Where a new consumer begins; a known one has begun.
SELECT payload ->> 'code' AS code FROM referral_poll_events('from six', from_id => (SELECT id FROM referral_events WHERE payload ->> 'code' = 'SIX'));
SELECT payload ->> 'code' AS code FROM referral_poll_events('from six', from_id => 0);
SELECT payload ->> 'code' AS code FROM referral_poll_events('from the first', from_id => -9223372036854775808);
SELECT payload ->> 'code' AS code FROM referral_poll_events('from now', from_id => 9223372036854775807);
SELECT code FROM referral_create_code(:alice, 'SEVEN');
SELECT payload ->> 'code' AS code FROM referral_poll_events('from now');
SELECT payload ->> 'code' AS code FROM referral_poll_events('from six');

-- Who polls, and what waits for whom.
SELECT consumer, pending, payload ->> 'code' AS oldest, last_poll BETWEEN pg_catalog.clock_timestamp() - interval '1 minute' AND pg_catalog.clock_timestamp() AS just_now
  FROM referral_consumers() AS c LEFT JOIN referral_events AS e ON e.created_at = c.oldest ORDER BY consumer;
SELECT referral_ack_events('from six', ids('SIX', 'SEVEN'));
SELECT pending, oldest IS NULL AS none FROM referral_consumers() WHERE consumer = 'from six';
SELECT referral_drop_consumer('from six'), referral_drop_consumer('from six'), referral_drop_consumer('nobody');
SELECT pg_catalog.count(*) FROM referral_event_deliveries WHERE consumer = 'from six';
SELECT payload ->> 'code' AS code, attempts FROM referral_poll_events('from six', 1);
-- In one transaction, more than once.
BEGIN;
SELECT code FROM referral_create_code(:alice, 'EIGHT');
SELECT payload ->> 'code' AS code FROM referral_poll_events('twice', 3);
SELECT code FROM referral_create_code(:alice, 'NINE');
SELECT payload ->> 'code' AS code FROM referral_poll_events('twice');
SELECT referral_drop_consumer('twice');
SELECT payload ->> 'code' AS code FROM referral_poll_events('twice', 1);
COMMIT;
SELECT payload ->> 'code' AS code FROM referral_poll_events('twice');

-- Without NOTIFY a transaction that tells something can be prepared, and is waited for by a first poll.
BEGIN;
SELECT code FROM referral_create_code(:alice, 'TEN');
PREPARE TRANSACTION 'told';
INSERT INTO phoenix_kit_settings (key, value) VALUES ('referral_notify', 'false');
LISTEN referral_events;
SELECT code FROM referral_create_code(:alice, 'ELEVEN');
BEGIN;
SELECT code FROM referral_create_code(:alice, 'TWELVE');
PREPARE TRANSACTION 'told';
SELECT code, message, detail, hint FROM caught($$ SELECT FROM referral_poll_events('patient') $$);
SELECT pg_catalog.count(*) FROM referral_event_consumers WHERE consumer = 'patient';
COMMIT PREPARED 'told';
SELECT pg_catalog.max(payload ->> 'code') AS code FROM referral_poll_events('patient');
UNLISTEN referral_events;
DELETE FROM phoenix_kit_settings WHERE key = 'referral_notify';

-- What is refused, by name.
SELECT code, message, detail FROM caught($$ SELECT FROM referral_poll_events(NULL) $$);
SELECT code, message, detail FROM caught($$ SELECT FROM referral_poll_events(E' \t ') $$);
SELECT code, message, detail FROM caught($$ SELECT FROM referral_poll_events(pg_catalog.repeat('ö', 256)) $$);
SELECT pg_catalog.count(*) FROM referral_poll_events(pg_catalog.repeat('ö', 255));
SELECT code, message, detail FROM caught($$ SELECT FROM referral_poll_events('mail', NULL) $$);
SELECT code, message, detail FROM caught($$ SELECT FROM referral_poll_events('mail', 0) $$);
SELECT code, message, detail FROM caught($$ SELECT FROM referral_poll_events('mail', 10001) $$);
SELECT code, message, detail FROM caught($$ SELECT FROM referral_poll_events('mail', lease => NULL) $$);
SELECT code, message, detail FROM caught($$ SELECT FROM referral_poll_events('mail', lease => '0') $$);
SELECT code, message, detail FROM caught($$ SELECT FROM referral_poll_events('mail', lease => '-1 second') $$);
SELECT code, message, detail FROM caught($$ SELECT FROM referral_poll_events('mail', lease => '1 day 1 second') $$);
SELECT code, message, detail FROM caught($$ SELECT FROM referral_poll_events('mail', lease => '170000000 years') $$);
SELECT code, message, detail FROM caught($$ SELECT referral_drop_consumer(NULL) $$);
SELECT code, message, detail FROM caught($$ SELECT referral_drop_consumer(' ') $$);
SELECT code, message, detail FROM caught($$ SELECT referral_ack_events(NULL, '{}') $$);
SELECT code, message, detail FROM caught($$ SELECT referral_ack_events('', '{}') $$);
SELECT code, message, detail FROM caught($$ SELECT referral_ack_events('mail', NULL) $$);
SELECT code, message, detail FROM caught($$ SELECT referral_prune_events(NULL) $$);
SELECT code, message, detail FROM caught($$ SELECT referral_prune_events('-1 microsecond') $$);
SELECT code, message, detail FROM caught($$ SELECT referral_prune_events('170000000 years') $$);
SELECT code, message, detail FROM caught($$ SELECT referral_prune_events('-170000000 years') $$);

-- Each schema has its own outbox; an application that does not own the tables writes and reads it.
CREATE ROLE app;
CREATE SCHEMA shop;
SELECT pg_catalog.count(*) > 0 AS made FROM referral_setup('shop', guards => false);
DROP TABLE shop.referral_code_creators, shop.referral_events, shop.referral_event_consumers, shop.referral_event_deliveries;
GRANT USAGE ON SCHEMA shop TO app;
GRANT SELECT, INSERT, UPDATE, DELETE ON shop.phoenix_kit_referral_codes, shop.phoenix_kit_referral_code_usage, shop.phoenix_kit_settings TO app;
SELECT pg_catalog.count(*) FROM referral_setup('shop', guards => false) WHERE action = 'created';
SELECT pg_catalog.count(*) > 0 AS may_consume FROM referral_grant('app', 'consume', 'shop');
SET referrals.schema = 'shop';
SET ROLE app;
INSERT INTO shop.phoenix_kit_settings (key, value) VALUES ('referral_events_enabled', 'true');
SELECT code FROM referral_create_code(:alice, 'SHOP');
SELECT pg_catalog.count(*) FROM shop.referral_events;
SELECT payload ->> 'code' AS code FROM referral_poll_events('mail');
SELECT referral_ack_events('mail', (SELECT pg_catalog.array_agg(id) FROM shop.referral_events));
SELECT referral_prune_events('0');
RESET ROLE;
RESET referrals.schema;
SELECT pg_catalog.count(*) FROM referral_poll_events('mail');
