-- Codes changed, deactivated, deleted, and the dry run of it.
CREATE EXTENSION referrals;
SELECT pg_catalog.count(*) FROM referral_setup();
\set alice '''00000000-0000-0000-0000-00000000000a'''
\set bob '''00000000-0000-0000-0000-00000000000b'''
SELECT uuid AS spring FROM referral_create_code(:alice, 'SPRING', max_uses => 10) \gset
SELECT uuid AS summer FROM referral_create_code(:alice, 'SUMMER') \gset

SELECT code, description, status, max_uses, created_by_uuid, beneficiary_uuid, expiration_date = '2999-01-01 00:00+00' AS expires, date_created = '2024-01-01 00:00+00' AS created, state
  FROM referral_update_code(:'spring', '{"code": " autumn ", "description": "Autumn sale", "status": false, "max_uses": 20,
       "created_by_uuid": "00000000-0000-0000-0000-00000000000b", "beneficiary_uuid": "00000000-0000-0000-0000-00000000000c",
       "expiration_date": "2999-01-01T00:00:00Z", "date_created": "2024-01-01T00:00:00+00:00"}') \gx
SELECT beneficiary_uuid, expiration_date, state
  FROM referral_update_code(:'spring', '{"beneficiary_uuid": null, "expiration_date": null, "status": true}');
SELECT code FROM referral_update_code(:'spring', '{}');

-- What is refused, by name.
SELECT * FROM referral_update_code(:'spring', '{"colour": "red"}');
SELECT * FROM referral_update_code(:'spring', '{"number_of_uses": 0}');
SELECT * FROM referral_update_code(:'spring', '{"uuid": "00000000-0000-0000-0000-00000000000b"}');
SELECT * FROM referral_update_code(:'spring', '{"code": "Summer"}');
SELECT * FROM referral_update_code(:'spring', '{"code": null}');
SELECT * FROM referral_update_code(:'spring', '{"code": 5}');
SELECT * FROM referral_update_code(:'spring', '{"max_uses": "many"}');
SELECT * FROM referral_update_code(:'spring', '{"max_uses": 101}');
SELECT * FROM referral_update_code(:'spring', '{"max_uses": 99999999999}');
SELECT * FROM referral_update_code(:'spring', '{"expiration_date": "2020-01-01"}');
SELECT * FROM referral_update_code(:'spring', '{"expiration_date": "soon"}');
SELECT * FROM referral_update_code(:'spring', '{"beneficiary_uuid": "me"}');
SELECT * FROM referral_update_code(:'spring', '["code"]');
SELECT * FROM referral_update_code(:'spring', NULL);
SELECT * FROM referral_update_code(NULL, '{}');
SELECT * FROM referral_update_code('00000000-0000-0000-0000-000000000000', '{}');
SELECT code, description, max_uses FROM referral_get_code(:'spring');

-- A rule applies only to a value that changes: an expired code over a lowered limit stays editable.
SET session_replication_role = replica;
UPDATE phoenix_kit_referral_codes SET expiration_date = '2020-01-01', max_uses = 500, code = 'Summer' WHERE uuid = :'summer';
RESET session_replication_role;
SELECT code, description, max_uses, state
  FROM referral_update_code(:'summer', '{"description": "old", "max_uses": 500, "expiration_date": "2020-01-01", "code": "Summer"}');
SELECT * FROM referral_update_code(:'summer', '{"max_uses": 501}');

-- A code that changes hands counts for its new creator.
SELECT referral_set_max_codes_per_user(1);
SELECT * FROM referral_update_code(:'summer', '{"created_by_uuid": "00000000-0000-0000-0000-00000000000b"}');
SELECT referral_set_max_codes_per_user(10);

-- The dry run says all of it at once, and changes nothing.
SELECT * FROM referral_code_errors('{"code": "winter", "created_by_uuid": "00000000-0000-0000-0000-00000000000a"}');
SELECT * FROM referral_code_errors('{}');
SELECT * FROM referral_code_errors('{"code": "a", "description": "", "max_uses": 0, "expiration_date": "2020-01-01", "status": null, "colour": "red"}');
SELECT * FROM referral_code_errors('{"code": "autumn", "created_by_uuid": "x", "expiration_date": "soon"}');
SELECT * FROM referral_code_errors('{"code": "autumn"}', :'spring');
SELECT * FROM referral_code_errors('{"code": "summer", "max_uses": 101}', :'spring');
SELECT * FROM referral_code_errors('{"max_uses": 500}', :'summer');
SELECT * FROM referral_code_errors('{}', '00000000-0000-0000-0000-000000000000');
SELECT * FROM referral_code_errors(NULL);
SELECT * FROM referral_code_errors('5');
BEGIN READ ONLY;
SELECT pg_catalog.count(*) FROM referral_code_errors('{"code": "x", "expiration_date": "soon"}');
SELECT pg_catalog.pg_current_xact_id_if_assigned() IS NULL AS no_transaction_id;
COMMIT;

-- Deactivate and delete.
SELECT referral_deactivate_code(' AUTUMN ');
SELECT referral_deactivate_code('autumn');
SELECT referral_deactivate_code('nosuch');
SELECT referral_deactivate_code(NULL);
SELECT reason FROM referral_try_use_code('autumn', :alice);
SELECT status FROM referral_update_code(:'spring', '{"status": true}');
SELECT remaining_uses FROM referral_use_code('autumn', :alice);
SELECT referral_delete_code(:'spring');
SELECT referral_delete_code(:'spring');
SELECT referral_delete_code(NULL);
SELECT pg_catalog.count(*) FROM phoenix_kit_referral_code_usage;

-- Usage rows go with the code also where the host has no foreign key.
ALTER TABLE phoenix_kit_referral_code_usage DROP CONSTRAINT fk_referral_code_usage_code_uuid;
SELECT uuid AS winter FROM referral_create_code(:alice, 'WINTER') \gset
SELECT remaining_uses FROM referral_use_code('winter', :bob);
SELECT referral_delete_code(:'winter');
SELECT pg_catalog.count(*) FROM phoenix_kit_referral_code_usage;

-- Many codes at once: exactly so many, all different, or none.
SELECT pg_catalog.count(*), pg_catalog.count(DISTINCT code), pg_catalog.min(pg_catalog.length(code)), pg_catalog.max(pg_catalog.length(code))
  FROM referral_create_codes(2500, :bob, enforce_user_limit => false) AS code;
SELECT pg_catalog.count(*), pg_catalog.bool_and(code ~ '^VIP-.{6}$') AS prefixed FROM referral_create_codes(5, :alice, prefix => ' vip-', length => 6) AS code;
SELECT pg_catalog.count(*) FROM referral_create_codes(3, :alice, 'Gift', 7, '2999-01-01 00:00+00', :bob);
SELECT max_uses, number_of_uses, beneficiary_uuid, expiration_date = '2999-01-01 00:00+00' AS expires
  FROM phoenix_kit_referral_codes
 WHERE description = 'Gift';
SELECT referral_count_user_codes(:alice);
SELECT * FROM referral_create_codes(2, :alice);
SELECT referral_count_user_codes(:alice);
SELECT * FROM referral_create_codes(16385, :alice, length => 3, enforce_user_limit => false);
-- Half of a small keyspace: every code taken is drawn anew.
SELECT pg_catalog.count(*) FROM referral_create_codes(16384, :alice, length => 3, enforce_user_limit => false);
SELECT pg_catalog.count(*), pg_catalog.count(DISTINCT code) FROM phoenix_kit_referral_codes WHERE pg_catalog.length(code) = 3;
SELECT * FROM referral_create_codes(0, :alice);
SELECT * FROM referral_create_codes(-1, :alice);
SELECT * FROM referral_create_codes(NULL, :alice);
SELECT * FROM referral_create_codes(1, NULL);
SELECT * FROM referral_create_codes(1, :alice, max_uses => 101);
SELECT * FROM referral_create_codes(1, :alice, length => 2);
SELECT * FROM referral_create_codes(1, :alice, length => 45, prefix => 'TOOLONG');
SELECT * FROM referral_create_codes(1, :alice, expiration_date => '2020-01-01');
SELECT * FROM referral_create_codes(1, :alice, description => '');
-- Each with its id and, where one is named, in a program.
SELECT key FROM referral_create_program('autumn');
CREATE TABLE given AS
SELECT g.uuid, g.code FROM referral_create_codes(1500, :bob, enforce_user_limit => false, program => 'autumn') AS g;
SELECT pg_catalog.count(*) AS given, pg_catalog.count(p.program) AS in_the_program
  FROM given
  JOIN phoenix_kit_referral_codes USING (uuid, code)
  LEFT JOIN referral_code_programs AS p ON p.code_uuid = uuid AND p.program = 'autumn' AND p.owner_uuid IS NULL;
SELECT * FROM referral_create_codes(1, :alice, program => 'winter');
-- Cancelled, in whichever statement: none is left.
\set SHOW_CONTEXT never
SELECT pg_catalog.count(*) AS before FROM phoenix_kit_referral_codes \gset
-- Whichever of its statements runs then.
\set SHOW_CONTEXT never
SET statement_timeout = '200ms';
SELECT pg_catalog.count(*) FROM referral_create_codes(1000000, :alice, enforce_user_limit => false);
RESET statement_timeout;
\set SHOW_CONTEXT errors
SELECT pg_catalog.count(*) = :before AS none_left FROM phoenix_kit_referral_codes;
