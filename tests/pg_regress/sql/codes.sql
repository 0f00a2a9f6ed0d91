-- Codes: generated, created, found and asked about.
CREATE EXTENSION referrals;
SELECT pg_catalog.count(*) FROM referral_setup(guards => false);
\set alice '''00000000-0000-0000-0000-00000000000a'''
\set bob '''00000000-0000-0000-0000-00000000000b'''

SELECT referral_generate_code() ~ '^[ABCDEFGHJKLMNPQRSTUVWXYZ23456789]{5}$' AS standard,
       referral_generate_code(12, 'ab') ~ '^[ab]{12}$' AS from_alphabet,
       referral_generate_code(4, prefix => 'SPRING-') ~ '^SPRING-.{4}$' AS prefixed,
       referral_generate_unique_code() ~ '^.{5}$' AS unused;
SELECT referral_generate_code(0);
SELECT referral_generate_code(NULL);
SELECT referral_generate_code(51);
SELECT referral_generate_code(5, 'A');
SELECT referral_generate_code(5, 'ABCA');
SELECT referral_generate_code(5, '');
SELECT referral_generate_code(45, prefix => 'TOOLONG');
SELECT referral_generate_code(5, prefix => E'\x02');
SELECT referral_generate_unique_code(0);
SELECT referral_generate_unique_code(1001);
SELECT referral_generate_unique_code(NULL);

-- Defaults: a random code, the system limit but at most 100, active, no expiry.
SELECT pg_catalog.length(code) AS length,
       description,
       status,
       number_of_uses,
       max_uses,
       created_by_uuid,
       beneficiary_uuid,
       date_created BETWEEN pg_catalog.now() AND pg_catalog.clock_timestamp() AS date_created,
       expiration_date,
       remaining_uses,
       state
  FROM referral_create_code(:alice) \gx
SELECT referral_set_max_uses_per_code(500);
SELECT max_uses FROM referral_create_code(:alice);
SELECT max_uses FROM referral_create_code(:alice, max_uses => 500);
SELECT referral_set_max_uses_per_code(7);
SELECT max_uses FROM referral_create_code(:alice);
SELECT referral_set_max_uses_per_code(100);

-- Everything given.
SELECT code, description, status, max_uses, beneficiary_uuid, expiration_date = '2999-01-01 00:00+00' AS expires, state
  FROM referral_create_code(:alice, ' spring24 ', 'Spring sale', 25, :bob, '2999-01-01 00:00+00', false);

-- Field rules; the column is named.
SELECT * FROM caught(format('SELECT referral_create_code(%L, %L)', :alice, 'Spring24')) \gx
SELECT * FROM referral_create_code(:alice, 'ab');
SELECT * FROM referral_create_code(:alice, ' ');
SELECT * FROM referral_create_code(:alice, pg_catalog.repeat('x', 51));
SELECT * FROM referral_create_code(:alice, pg_catalog.repeat('x', 1048576));
SELECT * FROM referral_create_code(:alice, E'AB\tCD');
SELECT * FROM referral_create_code(:alice, description => '');
SELECT * FROM referral_create_code(:alice, description => pg_catalog.repeat('x', 256));
SELECT * FROM referral_create_code(:alice, max_uses => 0);
SELECT * FROM referral_create_code(:alice, max_uses => -1);
SELECT * FROM referral_create_code(:alice, max_uses => 101);
SELECT * FROM referral_create_code(:alice, expiration_date => '2020-01-01');
SELECT * FROM referral_create_code(:alice, expiration_date => '-infinity');
SELECT * FROM referral_create_code(NULL);
SELECT * FROM referral_create_code(:alice, description => NULL);
SELECT * FROM referral_create_code(:alice, status => NULL);
SELECT state FROM referral_create_code(:alice, 'FOREVER', expiration_date => 'infinity');

-- A code that differs from an old row by case alone is taken.
INSERT INTO phoenix_kit_referral_codes (code, description, max_uses, created_by_uuid)
VALUES ('oldCode', 'x', 5, :bob);
SELECT * FROM referral_create_code(:bob, 'OLDCODE');

-- The per-user limit.
SELECT referral_set_max_codes_per_user(2);
SELECT code FROM referral_create_code(:bob, 'BOB2');
SELECT * FROM caught(format('SELECT referral_create_code(%L, %L)', :bob, 'BOB3')) \gx
SELECT referral_set_max_codes_per_user(3);
SELECT code FROM referral_create_code(:bob, 'BOB3');

-- Lookups.
SELECT uuid AS bob2 FROM referral_get_code_by_string(' bob2 ') \gset
SELECT code, state FROM referral_get_code(:'bob2');
SELECT code, state FROM referral_get_code_strict(:'bob2');
SELECT pg_catalog.count(*) FROM referral_get_code('00000000-0000-0000-0000-000000000000');
SELECT pg_catalog.count(*) FROM referral_get_code(NULL);
SELECT * FROM referral_get_code_strict('00000000-0000-0000-0000-000000000000');
SELECT * FROM referral_get_code_strict(NULL);
SELECT pg_catalog.count(*) FROM referral_get_code_by_string('NOSUCH');
SELECT pg_catalog.count(*) FROM referral_get_code_by_string(NULL);
SELECT pg_catalog.count(*) FROM referral_get_code_by_string('');
SELECT pg_catalog.count(*) FROM referral_get_code_by_string(pg_catalog.repeat('x', 1048576));

-- The normal form: what a code is stored as, and found by, however it was typed; letters as Unicode has them, whatever the
-- database's collation says.
CREATE TEMPORARY TABLE typed (place integer, text text);
INSERT INTO typed
VALUES (1, E'\t\n spring25 \r'),
       (2, U&'\00A0spring26\2003'),
       (3, U&'stra\00DFe'),
       (4, U&'d\0131nner'),
       (5, U&'\0130nvite'),
       (6, U&'cafe\0301'),
       (7, U&'\00E9t\00E9'),
       (8, U&'\FB01nal'),
       (9, 'P-1');
SELECT place,
       referral_normalize_code(text) AS normal,
       pg_catalog.length(referral_normalize_code(text)) AS letters,
       referral_normalize_code(referral_normalize_code(text)) = referral_normalize_code(text) AS stays
  FROM typed
 ORDER BY place;
SELECT place,
       (referral_create_code(gen_random_uuid(), text)).code = referral_normalize_code(text) AS stored
  FROM typed
 ORDER BY place;
SELECT t.place,
       f.code = referral_normalize_code(t.text) AS found,
       f.uuid = g.uuid AS the_same
  FROM typed AS t
       LEFT JOIN LATERAL referral_get_code_by_string(t.text) AS f ON true
       LEFT JOIN LATERAL referral_get_code_by_string(referral_normalize_code(t.text)) AS g ON true
 ORDER BY t.place;
DELETE FROM phoenix_kit_referral_codes AS c USING typed AS t WHERE c.code = referral_normalize_code(t.text);
SELECT referral_normalize_code(NULL) IS NULL AS of_null,
       referral_normalize_code(U&' \2003') = '' AS of_blanks,
       referral_normalize_code(pg_catalog.repeat(' x', 1048576)) = pg_catalog.btrim(pg_catalog.repeat(' x', 1048576)) AS too_long;

-- Predicates and states, for each kind of code.
INSERT INTO phoenix_kit_referral_codes (code, description, status, number_of_uses, max_uses, created_by_uuid, expiration_date)
VALUES ('P-FREE', 'x', true, 1, 2, :alice, NULL),
       ('P-OFF', 'x', false, 2, 2, :alice, '2020-01-01'),
       ('P-LATE', 'x', true, 2, 2, :alice, '2020-01-01'),
       ('P-FULL', 'x', true, 2, 2, :alice, '2999-01-01'),
       ('P-OVER', 'x', true, 3, 2, :alice, NULL);
SELECT c.code,
       g.state,
       g.remaining_uses,
       referral_valid_for_use(c.uuid) AS valid,
       referral_expired(c.uuid) AS expired,
       referral_usage_limit_reached(c.uuid) AS limit_reached
  FROM phoenix_kit_referral_codes AS c
       CROSS JOIN LATERAL referral_get_code(c.uuid) AS g
 WHERE c.code LIKE 'P-%'
 ORDER BY c.code;
SELECT referral_valid_for_use('00000000-0000-0000-0000-000000000000'),
       referral_expired(NULL),
       referral_usage_limit_reached('00000000-0000-0000-0000-000000000000');

-- When all short codes are taken, generation gives up and says so.
CREATE SCHEMA full_house;
SELECT pg_catalog.count(*) FROM referral_setup('full_house');
SET referrals.schema = full_house;
SELECT * FROM referral_detach();
CREATE FUNCTION full_house.take() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER take BEFORE INSERT ON full_house.phoenix_kit_referral_codes FOR EACH ROW EXECUTE FUNCTION full_house.take();
SELECT * FROM referral_create_code(:alice);
RESET referrals.schema;
