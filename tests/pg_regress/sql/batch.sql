-- Many users redeem one code in one statement; tests/batch.rs holds it against calls of one user each.
CREATE EXTENSION referrals;
SET client_min_messages = warning;
SELECT pg_catalog.count(*) > 0 AS made FROM referral_setup();
CREATE FUNCTION person(number integer) RETURNS uuid LANGUAGE sql IMMUTABLE
RETURN pg_catalog.lpad(number::text, 32, '0')::uuid;
SELECT code FROM referral_create_code(person(9), 'CROWD', max_uses => 3, beneficiary_uuid => person(9));
INSERT INTO phoenix_kit_settings (key, value) VALUES ('referral_events_enabled', 'true');

-- In the order given; who is named twice has one use, and the second row names it.
SELECT user_uuid, ok, reason, usage_uuid IS NOT NULL AS usage
  FROM referral_use_codes(' crowd', ARRAY[person(3), person(9), person(1), person(3), person(2), person(4)]);
SELECT pg_catalog.count(DISTINCT usage_uuid) AS uses, pg_catalog.count(usage_uuid) AS named
  FROM referral_use_codes('CROWD', ARRAY[person(1), person(2), person(3), person(1)]);
SELECT number_of_uses, remaining_uses, state FROM referral_get_code_by_string('CROWD');
SELECT used_by_uuid, uuid_version, date_used BETWEEN pg_catalog.now() - interval '1 minute' AND pg_catalog.clock_timestamp() AS now
  FROM phoenix_kit_referral_code_usage, pg_catalog.substr(uuid::text, 15, 1) AS uuid_version
 ORDER BY used_by_uuid;

-- An event for each use, in their order.
SELECT type, payload ->> 'used_by_uuid' AS used_by_uuid FROM referral_events WHERE type = 'code.used' ORDER BY id;

-- The same refusal for all, and for nobody no row.
SELECT user_uuid, ok, reason, usage_uuid FROM referral_use_codes('NOSUCH', ARRAY[person(1), person(2)]);
SELECT user_uuid, ok, reason, usage_uuid FROM referral_use_codes('', ARRAY[person(1)]);
SELECT pg_catalog.count(*) FROM referral_use_codes('CROWD', '{}');
SELECT referral_disable_system();
SELECT user_uuid, ok, reason, usage_uuid FROM referral_use_codes('CROWD', ARRAY[person(1), person(5)]);
SELECT referral_enable_system();

-- Bad input names the argument, and the place in it.
SELECT * FROM caught('SELECT referral_use_codes(NULL, ''{}'')') \gx
SELECT * FROM caught('SELECT referral_use_codes(''CROWD'', NULL)') \gx
SELECT * FROM caught('SELECT referral_use_codes(''CROWD'', ARRAY[person(5), NULL, person(6)])') \gx
SELECT * FROM caught('SELECT referral_use_codes(''CROWD'', pg_catalog.array_fill(person(5), ARRAY[100001]))') \gx

-- What a rule of the host's refuses is refused whole, in its words.
SELECT max_uses FROM referral_update_code((SELECT uuid FROM referral_get_code_by_string('CROWD')), '{"max_uses": 9}');
ALTER TABLE phoenix_kit_referral_code_usage ADD CONSTRAINT nobody_seven CHECK (used_by_uuid <> person(7));
SELECT code, constraint_name FROM caught('SELECT referral_use_codes(''CROWD'', ARRAY[person(6), person(7)])');
CREATE FUNCTION skip() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER skip BEFORE INSERT ON phoenix_kit_referral_code_usage
   FOR EACH ROW WHEN (NEW.used_by_uuid = person(8)) EXECUTE FUNCTION skip();
SELECT code, message, hint FROM caught('SELECT referral_use_codes(''CROWD'', ARRAY[person(6), person(8)])') \gx
SELECT number_of_uses FROM referral_get_code_by_string('CROWD');
