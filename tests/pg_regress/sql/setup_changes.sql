-- What setup says about what is there but is not as it should be, and what it leaves alone.
CREATE EXTENSION referrals;
SELECT pg_catalog.count(*) FROM referral_setup();

-- Guards that are disabled, fire in replicas, or have another definition: not kept, but put right.
ALTER TABLE phoenix_kit_referral_codes DISABLE TRIGGER referral_guard_code;
ALTER TABLE phoenix_kit_referral_codes ENABLE ALWAYS TRIGGER referral_guard_claim;
DROP TRIGGER referral_guard_usage ON phoenix_kit_referral_code_usage;
CREATE TRIGGER referral_guard_usage BEFORE INSERT ON phoenix_kit_referral_code_usage
   FOR EACH ROW WHEN (NEW.date_used > '2020-01-01') EXECUTE FUNCTION referral_guard_usage_lock();
SELECT severity, finding, remedy FROM referral_doctor();
SELECT object, action, note FROM referral_setup(guards => false) WHERE action <> 'kept';
SELECT object, action, note FROM referral_setup() WHERE action <> 'kept';
SELECT object, action, note FROM referral_setup() WHERE action <> 'kept';

-- A trigger of an older release's, under a name that is no guard's now, goes; the doctor has said so.
CREATE TRIGGER referral_guard_old AFTER UPDATE ON phoenix_kit_referral_codes FOR EACH ROW EXECUTE FUNCTION referral_guard_claim();
SELECT severity, finding, remedy FROM referral_doctor();
BEGIN;
SELECT object, action FROM referral_detach();
ROLLBACK;
SELECT object, action, note FROM referral_setup(guards => false) WHERE action <> 'kept';
SELECT object, action, note FROM referral_setup() WHERE action <> 'kept';
SELECT * FROM referral_doctor();

-- A trigger of a guard's name that is the host's own: nothing of a host's is dropped, by nobody.
DROP TRIGGER referral_guard_code_written ON phoenix_kit_referral_codes;
CREATE FUNCTION their_own() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER referral_guard_code_written AFTER INSERT ON phoenix_kit_referral_codes FOR EACH ROW EXECUTE FUNCTION their_own();
SELECT object, action, note FROM referral_setup() WHERE action <> 'kept';
SELECT object, action, note FROM referral_setup(guards => false) WHERE action <> 'kept';
SELECT object, action, note FROM referral_attach_guards() WHERE action <> 'kept';
SELECT severity, finding, remedy FROM referral_doctor();
SELECT object, action FROM referral_detach();
SELECT tgname FROM pg_catalog.pg_trigger WHERE NOT tgisinternal;
DROP TRIGGER referral_guard_code_written ON phoenix_kit_referral_codes;
SELECT action, pg_catalog.count(*) FROM referral_attach_guards() GROUP BY action;

-- The changes to a table are told in one line; a column, an index and a constraint of somebody's own stay.
ALTER TABLE referral_conversions
  DROP COLUMN approvals,
  DROP CONSTRAINT referral_conversions_status_check,
   ADD COLUMN mine integer,
   ADD CONSTRAINT mine CHECK (mine > 0);
ALTER TABLE referral_conversions ALTER COLUMN reason DROP NOT NULL, ALTER COLUMN code SET DEFAULT 'x';
DROP INDEX referral_conversions_newest_idx;
CREATE INDEX referral_conversions_newest_idx ON referral_conversions (mine);
CREATE INDEX my_idx ON referral_conversions (mine);
SELECT object, action, note FROM referral_setup() WHERE action <> 'kept';
\d referral_conversions

-- An index whose name something else has.
DROP INDEX referral_events_created_at_idx;
CREATE TABLE referral_events_created_at_idx (x integer);
SELECT object, action, note FROM referral_setup() WHERE action <> 'kept';
DROP TABLE referral_events_created_at_idx;

-- A column that nobody can make up.
ALTER TABLE referral_programs DROP COLUMN created_at;
SELECT * FROM referral_setup();

-- A table that merely bears the name of one.
CREATE SCHEMA taken;
CREATE TABLE taken.referral_rewards (id integer);
SELECT * FROM referral_setup('taken');
SELECT pg_catalog.count(*) FROM pg_catalog.pg_class WHERE relnamespace = 'taken'::regnamespace;
DROP TABLE taken.referral_rewards;
SELECT pg_catalog.count(*) FROM referral_setup('taken');
ALTER TABLE taken.referral_events ALTER COLUMN type TYPE varchar(10);
SELECT * FROM referral_setup('taken');
SELECT severity, subject, finding FROM referral_doctor('taken');
