-- The doctor finds what is wrong, and its remedies work.
CREATE EXTENSION referrals;
SELECT pg_catalog.count(*) FROM referral_setup();
SELECT * FROM referral_doctor();
\set alice '''00000000-0000-0000-0000-00000000000a'''

-- Rows as they come from before the guards.
SET session_replication_role = replica;
INSERT INTO phoenix_kit_referral_codes (code, description, number_of_uses, max_uses, created_by_uuid, date_created)
VALUES ('DRIFT', 'x', 3, 9, :alice, '2024-01-01'),
       ('OVER', 'x', 1, 1, :alice, '2024-01-02'),
       ('twin', 'x', 0, 9, :alice, '2024-01-03'),
       ('TWIN', 'x', 0, 9, :alice, '2024-01-04');
DROP INDEX referral_usage_code_user_uidx, referral_codes_upper_code_idx;
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid, date_used)
SELECT uuid, :alice, '2024-01-01'
  FROM phoenix_kit_referral_codes
       CROSS JOIN pg_catalog.generate_series(1, 2)
 WHERE code = 'DRIFT';
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid)
SELECT uuid, pg_catalog.gen_random_uuid()
  FROM phoenix_kit_referral_codes
       CROSS JOIN pg_catalog.generate_series(1, 2)
 WHERE code = 'OVER';
RESET session_replication_role;
SELECT referral_disable_system();
DROP TRIGGER referral_guard_usage ON phoenix_kit_referral_code_usage;
CREATE UNIQUE INDEX codes_uuid_idx ON phoenix_kit_referral_codes (uuid);
CREATE INDEX usage_code_idx ON phoenix_kit_referral_code_usage (code_uuid);
DROP TABLE referral_code_creators;
SELECT severity, subject, pg_catalog.regexp_replace(finding, '[0-9a-f]{8}-[0-9a-f-]{27}', '…', 'g') AS finding, remedy FROM referral_doctor() \gx

-- It reads, and takes no transaction id.
BEGIN READ ONLY;
SELECT pg_catalog.count(*) FROM referral_doctor();
SELECT pg_catalog.pg_current_xact_id_if_assigned() IS NULL AS no_transaction_id;
COMMIT;

-- In the order of the findings, each remedy as it stands.
SELECT remedy FROM referral_doctor() WHERE severity = 'warning' AND remedy LIKE 'DELETE%' \gexec
SELECT remedy FROM referral_doctor() WHERE severity = 'error' LIMIT 1 \gexec
SELECT code, number_of_uses, max_uses FROM phoenix_kit_referral_codes ORDER BY code;
SELECT remedy FROM referral_doctor() WHERE remedy LIKE 'DROP%' \gexec
UPDATE phoenix_kit_referral_codes SET max_uses = 2 WHERE code = 'OVER';
DELETE FROM phoenix_kit_referral_codes WHERE code = 'twin';
SELECT referral_enable_system();
SELECT pg_catalog.count(*) FROM referral_setup();
SELECT * FROM referral_doctor();

-- A schema without the tables, and none at all.
CREATE SCHEMA bare;
SELECT * FROM referral_doctor('bare');
SELECT * FROM referral_doctor('nowhere');

-- A program's counter, after a code was deleted behind its back; counted anew by update_program.
SET referrals.schema = 'public';
SELECT key FROM referral_create_program('capped', '{"max_uses_total": 9}');
SELECT ok FROM referral_code_for('00000000-0000-0000-0000-00000000000a', 'capped') AS c,
               referral_try_use_code(c.code, '00000000-0000-0000-0000-0000000000b1');
SELECT ok FROM referral_code_for('00000000-0000-0000-0000-00000000000b', 'capped') AS c,
               referral_try_use_code(c.code, '00000000-0000-0000-0000-0000000000b2');
SELECT finding FROM referral_doctor() WHERE subject ~ 'programs';
DELETE FROM phoenix_kit_referral_codes WHERE beneficiary_uuid = '00000000-0000-0000-0000-00000000000b';
SELECT severity, subject, finding FROM referral_doctor() WHERE subject ~ 'programs';
SELECT number_of_uses FROM referral_update_program('capped', '{"max_uses_total": null}');
SELECT number_of_uses FROM referral_update_program('capped', '{"max_uses_total": 9}');
SELECT finding FROM referral_doctor() WHERE subject ~ 'programs';

-- Settings that are not read as whoever wrote them meant.
INSERT INTO phoenix_kit_settings (key, value)
VALUES ('referral_codes_required', 'yes'),
       ('referral_grandfather_existing', ''),
       ('max_number_of_uses_per_code', '200 uses'),
       ('max_number_of_codes_per_user', '-3'),
       ('referral_check_limit', '007'),
       ('referral_allow_self_referral', pg_catalog.repeat('é', 100)),
       ('somebody_elses', 'TRUE');
UPDATE phoenix_kit_settings SET value = 'TRUE' WHERE key = 'referral_codes_enabled';
SELECT severity, finding, remedy FROM referral_doctor() WHERE subject ~ 'settings';
SELECT pg_catalog.split_part(remedy, ' --', 1) FROM referral_doctor() WHERE subject ~ 'settings' AND severity = 'warning' \gexec
SELECT * FROM referral_config();
SELECT severity, finding FROM referral_doctor() WHERE subject ~ 'settings';
SELECT referral_enable_system();

-- A ledger that its conversions do not explain.
SELECT pg_catalog.count(*) FROM referral_create_program('paid', '{"referrer_reward": 10, "referee_reward": 5, "currency": "EUR", "first_purchase_only": false}');
SELECT r.reason
  FROM referral_code_for('00000000-0000-0000-0000-00000000000c', 'paid') AS c,
       pg_catalog.generate_series(1, 5) AS n,
       referral_attribute_sale(c.code, '00000000-0000-0000-0000-0000000000b3', 'sale-' || n, amount => 50) AS r;
SELECT r.status
  FROM referral_conversions AS v, referral_reverse(v.uuid, 'half', 2) AS r
 WHERE v.source_ref = 'sale-1';
SELECT finding FROM referral_doctor() WHERE subject ~ 'rewards';
SET session_replication_role = replica;
UPDATE referral_rewards AS r SET amount = 12 FROM referral_conversions AS v WHERE v.uuid = r.conversion_uuid AND source_ref = 'sale-2' AND side = 'referrer';
DELETE FROM referral_rewards AS r USING referral_conversions AS v WHERE v.uuid = r.conversion_uuid AND source_ref = 'sale-3' AND side = 'referee';
INSERT INTO referral_rewards (uuid, conversion_uuid, program, side, user_uuid, amount, currency, created_at, available_at, reverses_uuid)
SELECT pg_catalog.gen_random_uuid(), conversion_uuid, r.program, side, user_uuid, -20, r.currency, created_at, available_at, r.uuid
  FROM referral_rewards AS r JOIN referral_conversions AS v ON v.uuid = r.conversion_uuid
 WHERE source_ref = 'sale-4' AND side = 'referrer';
UPDATE referral_rewards AS r SET user_uuid = pg_catalog.gen_random_uuid() FROM referral_conversions AS v WHERE v.uuid = r.conversion_uuid AND source_ref = 'sale-5' AND side = 'referee';
RESET session_replication_role;
SELECT severity, subject, finding, remedy FROM referral_doctor() WHERE subject ~ 'rewards' \gx

-- Events that wait for a consumer.
INSERT INTO phoenix_kit_settings (key, value) VALUES ('referral_events_enabled', 'true');
SELECT pg_catalog.count(*) FROM referral_poll_events('o''mail');
SELECT pg_catalog.count(*) FROM referral_create_code(:alice, 'NEWS');
SELECT pg_catalog.count(*) FROM referral_create_code(:alice, 'MORE');
UPDATE referral_events SET created_at = pg_catalog.now() - interval '3 days 5 hours' WHERE payload ->> 'code' = 'NEWS';
SELECT severity, subject, pg_catalog.regexp_replace(finding, '[0-9]+ seconds ago', 'a moment ago') AS finding, remedy FROM referral_doctor() WHERE finding ~ 'wait' \gx
SELECT pg_catalog.regexp_replace(remedy, '^.*more: ', '') FROM referral_doctor() WHERE finding ~ 'wait' \gexec
SELECT finding FROM referral_doctor() WHERE finding ~ 'wait';

-- Of codes that differ by case alone, the one that the doctor says is redeemed is.
SET session_replication_role = replica;
INSERT INTO phoenix_kit_referral_codes (code, description, max_uses, created_by_uuid, date_created)
VALUES ('Pair', 'x', 9, :alice, '2024-01-03'),
       ('PAIR', 'x', 9, :alice, '2024-01-04'),
       ('odd', 'x', 9, :alice, '2024-01-06'),
       ('Odd', 'x', 9, :alice, '2024-01-05');
RESET session_replication_role;
SELECT finding FROM referral_doctor() WHERE finding ~ 'case alone';
SELECT code FROM referral_use_code('pair', '00000000-0000-0000-0000-0000000000b9');
SELECT code FROM referral_use_code('ODD', '00000000-0000-0000-0000-0000000000b9');
