-- Setup, the doctor and detaching over hosts as they come, and over some that nobody should have.
\set ECHO none
\set schema stock
\i tests/support/host/tables.sql
\set ON_ERROR_STOP off
\set ECHO all
CREATE EXTENSION referrals;
\set alice '''00000000-0000-0000-0000-00000000000a'''

-- A stock host is healthy: nothing above info, and none of the host's own indexes to be dropped.
INSERT INTO stock.phoenix_kit_settings (key, value) VALUES ('referral_codes_enabled', 'true');
SELECT object, action, note FROM referral_setup('stock') WHERE action IN ('changed', 'skipped');
SELECT severity, subject, finding, remedy FROM referral_doctor('stock') \gx
SELECT pg_catalog.count(*) AS above_info FROM referral_doctor('stock') WHERE severity <> 'info';
-- One of somebody else's is.
CREATE INDEX by_code ON stock.phoenix_kit_referral_code_usage (code_uuid);
SELECT severity, finding, remedy FROM referral_doctor('stock') WHERE finding ~ 'by_code';

-- Names that are always quoted hide nothing.
SET quote_all_identifiers = on;
SELECT object, action, note FROM referral_setup('stock') WHERE action <> 'kept';
SELECT severity, finding FROM referral_doctor('stock') WHERE severity <> 'info';
SELECT object, action FROM referral_attach_guards('stock') WHERE action <> 'kept';
RESET quote_all_identifiers;

-- Tables that are views: what setup refuses the doctor does not read, whatever else its caller may.
CREATE SCHEMA trap;
CREATE TABLE trap.sprung (what text);
CREATE FUNCTION trap.spring(what text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO trap.sprung VALUES (what);
    RAISE WARNING 'the trap of % has sprung', what;
    RETURN what;
END $$;
CREATE TABLE trap.codes (LIKE stock.phoenix_kit_referral_codes INCLUDING DEFAULTS);
INSERT INTO trap.codes (uuid, code, description, max_uses, created_by_uuid, date_created)
VALUES (:alice, 'X', 'x', 1, :alice, '2026-01-01');
CREATE TABLE trap.phoenix_kit_referral_code_usage (LIKE stock.phoenix_kit_referral_code_usage INCLUDING ALL);
CREATE TABLE trap.phoenix_kit_settings (LIKE stock.phoenix_kit_settings INCLUDING ALL);
CREATE VIEW trap.phoenix_kit_referral_codes AS
SELECT uuid, trap.spring(code) AS code, description, status, number_of_uses, max_uses, created_by_uuid,
       beneficiary_uuid, date_created, expiration_date
  FROM trap.codes;
SELECT severity, subject, finding, remedy FROM referral_doctor('trap') \gx
SELECT * FROM referral_setup('trap');
SELECT * FROM trap.sprung;
-- So with one of the extension's own.
DROP VIEW trap.phoenix_kit_referral_codes;
ALTER TABLE trap.codes RENAME TO phoenix_kit_referral_codes;
SELECT pg_catalog.count(*) FROM referral_setup('trap');
UPDATE trap.referral_programs SET max_uses_total = 9, number_of_uses = 3;
ALTER TABLE trap.referral_programs RENAME TO programs;
DO $$ BEGIN
    EXECUTE (SELECT pg_catalog.format('CREATE VIEW trap.referral_programs AS SELECT %s FROM trap.programs',
                    pg_catalog.string_agg(CASE a.attname WHEN 'key' THEN 'trap.spring(key) AS key'
                                               ELSE pg_catalog.quote_ident(a.attname) END, ', ' ORDER BY a.attnum))
               FROM pg_catalog.pg_attribute AS a
              WHERE a.attrelid = 'trap.programs'::regclass AND a.attnum > 0);
END $$;
SELECT severity, subject, finding FROM referral_doctor('trap') WHERE severity = 'error';
SELECT * FROM trap.sprung;

-- A type of the right name and another schema is another type.
CREATE SCHEMA domains;
CREATE DOMAIN domains.uuid AS text;
CREATE TABLE domains.phoenix_kit_referral_code_usage (
       uuid         domains.uuid,
       code_uuid    uuid,
       used_by_uuid uuid,
       date_used    timestamptz
);
SELECT * FROM referral_setup('domains');
CREATE TABLE domains.users (uuid domains.uuid);
SET referrals.schema = stock;
SET search_path = domains, pg_catalog, public;
SELECT public.referral_require_at_signup('domains.users');
RESET search_path;
RESET referrals.schema;

-- Settings that are kept by no unique key.
CREATE SCHEMA keyless;
CREATE TABLE keyless.phoenix_kit_settings (LIKE stock.phoenix_kit_settings);
CREATE UNIQUE INDEX ours ON keyless.phoenix_kit_settings (key) WHERE module = 'referral_codes';
CREATE UNIQUE INDEX more ON keyless.phoenix_kit_settings (key, module);
SELECT * FROM referral_setup('keyless');
SELECT relname FROM pg_catalog.pg_class WHERE relnamespace = 'keyless'::regnamespace ORDER BY relname;
CREATE UNIQUE INDEX every ON keyless.phoenix_kit_settings (key);
SELECT pg_catalog.count(*) FROM referral_setup('keyless');

-- The remedies are about the schema that was examined, whatever the setting says.
SET referrals.schema = stock;
SELECT pg_catalog.count(*) FROM referral_setup('public');
SELECT referral_disable_system();
UPDATE public.phoenix_kit_settings SET value = 'false' WHERE key = 'referral_codes_enabled';
SELECT remedy FROM referral_doctor('public') WHERE finding ~ 'switched off' \gexec
SELECT severity, finding, remedy FROM referral_doctor('public');
SELECT severity, remedy FROM referral_doctor() WHERE finding ~ 'switched off';
SHOW referrals.schema;
RESET referrals.schema;

-- Signup triggers that were told a schema with letters of all kinds.
CREATE SCHEMA "back\slash übers";
SELECT pg_catalog.count(*) FROM referral_setup('back\slash übers');
CREATE TABLE people (uuid uuid PRIMARY KEY);
SET client_min_messages = warning;
DROP TABLE public.referral_code_programs;
RESET client_min_messages;
SET referrals.schema = 'back\slash übers';
SELECT referral_require_at_signup('people');
SET standard_conforming_strings = off;
SELECT object, action FROM referral_detach() WHERE object ~ 'people';
RESET standard_conforming_strings;

-- A trigger of the name that the one for signup has, and a host's own: nobody takes it off.
CREATE SCHEMA registered;
SELECT pg_catalog.count(*) FROM referral_setup('registered');
CREATE FUNCTION registered.theirs() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TABLE registered.users (uuid uuid);
CREATE TRIGGER referral_required_at_signup AFTER INSERT ON registered.users FOR EACH ROW EXECUTE FUNCTION registered.theirs();
SELECT object, action FROM referral_detach('registered') WHERE object LIKE '%signup%';
SELECT referral_unrequire_at_signup('registered.users');
SELECT referral_require_at_signup('registered.users');
SELECT tgname FROM pg_catalog.pg_trigger WHERE tgrelid = 'registered.users'::regclass;
