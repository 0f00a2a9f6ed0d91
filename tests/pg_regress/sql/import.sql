-- Codes that somebody else has printed.
CREATE EXTENSION referrals;
SET client_min_messages = warning;
SELECT pg_catalog.count(*) > 0 AS made FROM referral_setup();
\set alice '''00000000-0000-0000-0000-00000000000a'''
SELECT code FROM referral_create_code(:alice, 'TAKEN');
-- As an older release of the host's has stored it.
SET session_replication_role = replica;
INSERT INTO phoenix_kit_referral_codes (code, description, max_uses, created_by_uuid) VALUES ('Mixed', 'x', 1, :alice);
RESET session_replication_role;

-- One row each, in the order given; a bad or taken one does not stop the rest.
SELECT code, uuid IS NOT NULL AS made, ok, message
  FROM referral_import_codes(ARRAY['zulu-1', ' alpha-1 ', 'taken', 'MIXED', NULL, 'Zulu-1', '', 'ab', E'tab\there', 'last',
                                   pg_catalog.repeat('x', 51), 'TAKEN'], :alice, 'printed', 3, '2999-01-01 00:00+00');
SELECT code, description, status, number_of_uses, max_uses, created_by_uuid, beneficiary_uuid, expiration_date = '2999-01-01 00:00+00' AS expires, state
  FROM referral_list_codes() WHERE description = 'printed' ORDER BY code;
-- Once more: all are taken now.
SELECT * FROM referral_import_codes(ARRAY['zulu-1', 'last'], :alice);
-- By its uuid a row of the answer is the code's.
SELECT uuid AS made FROM referral_import_codes(ARRAY['later'], :alice) \gset
SELECT code FROM referral_get_code(:'made');

-- Defaults, a program, and what is no limit here.
SELECT key FROM referral_create_program('spring');
SELECT referral_set_max_codes_per_user(1);
SELECT code, ok FROM referral_import_codes(ARRAY['SPRING1', 'SPRING2'], :alice, program => 'spring');
SELECT c.code, c.description, c.max_uses, p.program, p.owner_uuid
  FROM phoenix_kit_referral_codes AS c JOIN referral_code_programs AS p ON p.code_uuid = c.uuid ORDER BY c.code;
SELECT pg_catalog.count(*) FROM referral_import_codes('{}', :alice);
SELECT pg_catalog.count(*), pg_catalog.count(DISTINCT uuid), pg_catalog.bool_and(ok), pg_catalog.bool_and(code = 'MANY' || ordinality) AS in_order
  FROM referral_import_codes((SELECT pg_catalog.array_agg('many' || n) FROM pg_catalog.generate_series(1, 2500) AS n), :alice) WITH ORDINALITY;

-- Events, one a code that is made.
SELECT pg_catalog.count(*) FROM referral_poll_events('mailer');
INSERT INTO phoenix_kit_settings (key, value) VALUES ('referral_events_enabled', 'true');
SELECT code, ok FROM referral_import_codes(ARRAY['EVENT', 'event', 'OTHER'], :alice);
SELECT type, payload ->> 'code' AS code FROM referral_poll_events('mailer') ORDER BY code;

-- Where no unique index keeps one code from being written twice, as over old data.
DROP INDEX phoenix_kit_referral_codes_code_uidx;
SELECT code, ok, message FROM referral_import_codes(ARRAY['twice', 'once', 'Twice'], :alice);
SELECT code, ok, message FROM referral_import_codes(ARRAY['twice'], :alice);

-- What all have in common is an error.
SELECT code, message, column_name FROM caught($$SELECT referral_import_codes(ARRAY['ONE'], pg_catalog.gen_random_uuid(), max_uses => 0)$$);
SELECT code, message, column_name FROM caught($$SELECT referral_import_codes(ARRAY['ONE'], pg_catalog.gen_random_uuid(), max_uses => 101)$$);
SELECT code, message, column_name FROM caught($$SELECT referral_import_codes(ARRAY['ONE'], pg_catalog.gen_random_uuid(), '')$$);
SELECT code, message, column_name FROM caught($$SELECT referral_import_codes(ARRAY['ONE'], pg_catalog.gen_random_uuid(), expiration_date => '2001-01-01')$$);
SELECT code, message FROM caught($$SELECT referral_import_codes(ARRAY['ONE'], pg_catalog.gen_random_uuid(), program => 'nowhere')$$);
SELECT code, message FROM caught($$SELECT referral_import_codes(NULL, pg_catalog.gen_random_uuid())$$);
SELECT code, message FROM caught($$SELECT referral_import_codes(ARRAY['ONE'], NULL)$$);
SELECT code, message FROM caught($$SELECT referral_import_codes(ARRAY['ONE'], pg_catalog.gen_random_uuid(), NULL)$$);
SELECT code, message FROM caught($$SELECT referral_import_codes(ARRAY['ONE'], pg_catalog.gen_random_uuid(), max_uses => NULL)$$);
SELECT code, message FROM caught($$SELECT referral_import_codes(pg_catalog.array_fill('x'::text, ARRAY[100001]), pg_catalog.gen_random_uuid())$$);
SELECT * FROM referral_get_code_by_string('ONE');
