-- Functions that are newer than the tables say so before they read anything, and say what to do.
CREATE EXTENSION referrals;
SELECT pg_catalog.count(*) FROM referral_setup();
SELECT uuid AS code FROM referral_create_code('00000000-0000-0000-0000-00000000000a', 'WELCOME') \gset

-- What an older release might have made; \c, since this session has looked at the tables already.
ALTER TABLE referral_conversions DROP COLUMN approvals, DROP COLUMN decided_by;
ALTER TABLE referral_programs DROP COLUMN rewards_granted;
\c -

-- Every kind of function: that reads, redeems, creates, sells, reports, changes a setting, attaches; and the
-- guards, which hold nothing that they cannot judge.
SELECT referral_enabled();
\set VERBOSITY terse
SELECT referral_use_code('WELCOME', '00000000-0000-0000-0000-000000000001');
SELECT referral_try_use_code('WELCOME', '00000000-0000-0000-0000-000000000001');
SELECT referral_create_code('00000000-0000-0000-0000-00000000000a');
SELECT referral_code_for('00000000-0000-0000-0000-00000000000a');
SELECT referral_list_codes();
SELECT referral_record_purchase('00000000-0000-0000-0000-000000000001', 'order-1', 50);
SELECT referral_balance('00000000-0000-0000-0000-000000000001');
SELECT referral_poll_events('mailer');
SELECT referral_disable_system();
SELECT referral_check_signup('WELCOME');
SELECT referral_attach_guards();
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid) VALUES (:'code', '00000000-0000-0000-0000-000000000001');
UPDATE phoenix_kit_referral_codes SET max_uses = 1;
\set VERBOSITY default

-- Those that are to help work.
SELECT severity, subject, finding FROM referral_doctor();
BEGIN;
SELECT object, action FROM referral_detach();
ROLLBACK;
SELECT object, action, note FROM referral_setup() WHERE action <> 'kept';

-- In the same session all is well now.
SELECT ok, reason FROM referral_try_use_code('WELCOME', '00000000-0000-0000-0000-000000000001');
SELECT * FROM referral_doctor();

-- A missing table is another matter: all that are missing are named.
DROP TABLE referral_rewards, referral_event_deliveries;
\c -
SELECT referral_enabled();
SELECT severity, subject, finding FROM referral_doctor();
SELECT object, action, note FROM referral_setup() WHERE action <> 'kept';
SELECT referral_enabled();
