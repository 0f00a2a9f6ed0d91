-- Setup over the tables of a PhoenixKit host, as they are, with rows in them.
\set ECHO none
\set schema 'tenant "x"'
\i tests/support/host/tables.sql
\set codes 1000
\set usages 3000
\i tests/support/host/rows.sql
\set ON_ERROR_STOP off
\set ECHO all

-- What CREATE EXTENSION and setup must leave as it is.
CREATE TEMPORARY TABLE before AS
SELECT c.relname,
       c.relfilenode,
       c.relnatts,
       (SELECT pg_catalog.count(*) FROM pg_catalog.pg_trigger AS t WHERE t.tgrelid = c.oid) AS triggers
  FROM pg_catalog.pg_class AS c
 WHERE c.relnamespace = (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = 'tenant "x"');

CREATE EXTENSION referrals;
SELECT pg_catalog.count(*) AS changed
  FROM before
       JOIN pg_catalog.pg_class AS c
         ON c.relname = before.relname
        AND c.relnamespace = (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = 'tenant "x"')
 WHERE c.relfilenode <> before.relfilenode
    OR c.relnatts <> before.relnatts
    OR (SELECT pg_catalog.count(*) FROM pg_catalog.pg_trigger AS t WHERE t.tgrelid = c.oid) <> before.triggers;

-- The old data holds duplicates: the unique index is skipped, and the note counts them.
SET referrals.schema = 'tenant "x"';
SELECT * FROM referral_setup();
SELECT * FROM referral_setup('tenant "x"');
SELECT severity, finding, remedy FROM referral_doctor() \gx

-- Repeats are refused all the same, by a look under the row's lock.
SELECT code FROM referral_create_code('00000000-0000-0000-0000-00000000000a', 'FRESH', max_uses => 9);
SELECT remaining_uses FROM referral_use_code('FRESH', '00000000-0000-0000-0000-000000000001');
SELECT ok, reason, remaining_uses FROM referral_try_use_code('FRESH', '00000000-0000-0000-0000-000000000001');
SELECT number_of_uses FROM referral_get_code_by_string('fresh');

-- The remedy of the doctor makes room for the index.
DELETE FROM "tenant ""x""".phoenix_kit_referral_code_usage u
 USING "tenant ""x""".phoenix_kit_referral_code_usage e
 WHERE e.code_uuid = u.code_uuid
   AND e.used_by_uuid = u.used_by_uuid
   AND (e.date_used, e.uuid) < (u.date_used, u.uuid);
SELECT * FROM referral_setup() WHERE action = 'created';
SELECT ok, reason, remaining_uses FROM referral_try_use_code('FRESH', '00000000-0000-0000-0000-000000000001');

-- Both sets of columns: the integers are left alone. Indexes of the host's own that serve are adopted.
\set ECHO none
\set schema migrating
\set shape both
\i tests/support/host/tables.sql
\set ON_ERROR_STOP off
\set ECHO all
CREATE UNIQUE INDEX one_use_each ON migrating.phoenix_kit_referral_code_usage (used_by_uuid, code_uuid);
CREATE INDEX by_upper ON migrating.phoenix_kit_referral_codes (upper(code));
SELECT * FROM referral_setup('migrating');

-- Only integers: refused, and nothing is changed.
\set ECHO none
\set schema old
\set shape integers
\i tests/support/host/tables.sql
\set ON_ERROR_STOP off
\set ECHO all
SELECT * FROM referral_setup('old');
SELECT relname FROM pg_catalog.pg_class WHERE relnamespace = 'old'::regnamespace AND relname LIKE 'referral%';

-- A column of another type, a view in a table's place.
CREATE SCHEMA odd;
CREATE TABLE odd.phoenix_kit_settings (
       uuid         uuid,
       key          varchar(255),
       value        integer,
       module       text,
       date_added   timestamp,
       date_updated timestamptz
);
CREATE VIEW odd.phoenix_kit_referral_codes AS SELECT 1 AS uuid;
SELECT * FROM referral_setup('odd');

-- An index of the wanted name that does not serve is not replaced.
CREATE SCHEMA taken;
SELECT pg_catalog.count(*) FROM referral_setup('taken');
DROP INDEX taken.referral_usage_newest_idx;
CREATE INDEX referral_usage_newest_idx ON taken.phoenix_kit_referral_code_usage (date_used);
SELECT * FROM referral_setup('taken') WHERE action <> 'kept';
SELECT severity, subject, finding, remedy FROM referral_doctor('taken') \gx

-- Partitioned usage: unique where the partition key allows it, refused under the lock where not.
CREATE SCHEMA parted;
SELECT pg_catalog.count(*) FROM referral_setup('parted');
DROP TABLE parted.phoenix_kit_referral_code_usage;
CREATE TABLE parted.phoenix_kit_referral_code_usage (
       uuid         uuid        NOT NULL,
       code_uuid    uuid        NOT NULL,
       used_by_uuid uuid        NOT NULL,
       date_used    timestamptz NOT NULL DEFAULT now())
       PARTITION BY RANGE (date_used);
CREATE TABLE parted.usage_default PARTITION OF parted.phoenix_kit_referral_code_usage DEFAULT;
SELECT * FROM referral_setup('parted');
SET referrals.schema = parted;
SELECT code FROM referral_create_code('00000000-0000-0000-0000-00000000000a', 'FRESH', max_uses => 9);
SELECT remaining_uses FROM referral_use_code('FRESH', '00000000-0000-0000-0000-000000000001');
SELECT ok, reason, remaining_uses FROM referral_try_use_code('FRESH', '00000000-0000-0000-0000-000000000001');
SELECT number_of_uses FROM referral_get_code_by_string('FRESH');
DROP TABLE parted.phoenix_kit_referral_code_usage;
CREATE TABLE parted.phoenix_kit_referral_code_usage (
       uuid         uuid        NOT NULL,
       code_uuid    uuid        NOT NULL,
       used_by_uuid uuid        NOT NULL,
       date_used    timestamptz NOT NULL DEFAULT now())
       PARTITION BY HASH (code_uuid);
CREATE TABLE parted.usage_0 PARTITION OF parted.phoenix_kit_referral_code_usage FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE parted.usage_1 PARTITION OF parted.phoenix_kit_referral_code_usage FOR VALUES WITH (MODULUS 2, REMAINDER 1);
SELECT * FROM referral_setup() WHERE action <> 'kept';
UPDATE parted.phoenix_kit_referral_codes SET number_of_uses = 0;
SELECT remaining_uses FROM referral_use_code('FRESH', '00000000-0000-0000-0000-000000000001');
SELECT ok, reason, remaining_uses FROM referral_try_use_code('FRESH', '00000000-0000-0000-0000-000000000001');
