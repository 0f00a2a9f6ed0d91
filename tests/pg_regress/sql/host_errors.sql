-- What the host's own triggers and constraints say reaches the client unchanged.
CREATE EXTENSION referrals;
SELECT pg_catalog.count(*) FROM referral_setup(guards => false);
SELECT code FROM referral_create_code('00000000-0000-0000-0000-00000000000a', 'WELCOME');
\set bob '''00000000-0000-0000-0000-00000000000b'''

-- A trigger of the host's.
CREATE FUNCTION veto() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'not on a Sunday'
        USING ERRCODE = 'HO001', DETAIL = 'the host says so', HINT = 'come back', CONSTRAINT = 'no_sundays', TABLE = 'calendar';
END
$$;
CREATE TRIGGER veto BEFORE INSERT ON phoenix_kit_referral_code_usage FOR EACH ROW EXECUTE FUNCTION veto();
SELECT * FROM caught(format('SELECT referral_use_code(%L, %L)', 'WELCOME', :bob)) \gx
SELECT * FROM caught(format('SELECT referral_try_use_code(%L, %L)', 'WELCOME', :bob)) \gx
DROP TRIGGER veto ON phoenix_kit_referral_code_usage;
CREATE TRIGGER veto BEFORE UPDATE ON phoenix_kit_referral_codes FOR EACH ROW EXECUTE FUNCTION veto();
SELECT * FROM caught(format('SELECT referral_use_code(%L, %L)', 'WELCOME', :bob)) \gx
DROP TRIGGER veto ON phoenix_kit_referral_codes;

-- A check, and a unique index on something else than code and user: one use a user, of whatever code.
ALTER TABLE phoenix_kit_referral_code_usage ADD CONSTRAINT no_bob CHECK (used_by_uuid <> '00000000-0000-0000-0000-00000000000b');
SELECT * FROM caught(format('SELECT referral_use_code(%L, %L)', 'WELCOME', :bob)) \gx
ALTER TABLE phoenix_kit_referral_code_usage DROP CONSTRAINT no_bob;
CREATE UNIQUE INDEX one_use_a_user ON phoenix_kit_referral_code_usage (used_by_uuid);
SELECT code FROM referral_create_code('00000000-0000-0000-0000-00000000000a', 'OTHER');
SELECT code FROM referral_use_code('WELCOME', :bob);
SELECT * FROM caught(format('SELECT referral_use_code(%L, %L)', 'OTHER', :bob)) \gx
SELECT * FROM caught(format('SELECT referral_try_use_code(%L, %L)', 'OTHER', :bob)) \gx
SELECT ok, reason FROM referral_try_use_code('WELCOME', :bob);
DROP INDEX one_use_a_user;

-- A foreign key of the host's.
CREATE TABLE users (uuid uuid PRIMARY KEY);
ALTER TABLE phoenix_kit_referral_code_usage ADD CONSTRAINT usage_user_fkey FOREIGN KEY (used_by_uuid) REFERENCES users NOT VALID;
SELECT * FROM caught(format('SELECT referral_use_code(%L, %L)', 'OTHER', '00000000-0000-0000-0000-00000000000c')) \gx
ALTER TABLE phoenix_kit_referral_code_usage DROP CONSTRAINT usage_user_fkey;

-- A trigger that swallows the row.
CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER swallow BEFORE INSERT ON phoenix_kit_referral_code_usage FOR EACH ROW EXECUTE FUNCTION swallow();
SELECT * FROM caught(format('SELECT referral_try_use_code(%L, %L)', 'OTHER', :bob)) \gx

SELECT code, number_of_uses FROM phoenix_kit_referral_codes ORDER BY code;
