-- build_indexes => false: on a big live database nothing is built; the report says what to run instead.
\set ECHO none
\set schema 'tenant "x"'
\i tests/support/host/tables.sql
\set ON_ERROR_STOP off
\set ECHO all
CREATE EXTENSION referrals;
SELECT object, action, note FROM referral_setup('tenant "x"', build_indexes => false) WHERE object LIKE 'index%' OR action = 'skipped';
SELECT pg_catalog.pg_get_indexdef(i.indexrelid)
  FROM pg_catalog.pg_index AS i
 WHERE i.indexrelid::regclass::text LIKE '%referral\_%\_newest%'
    OR i.indexrelid::regclass::text LIKE '%upper%';

-- What it says, run as it stands; then setup finds them.
SELECT note FROM referral_setup('tenant "x"', build_indexes => false) WHERE action = 'skipped' \gexec
SELECT object, action, note FROM referral_setup('tenant "x"', build_indexes => false) WHERE object LIKE 'index%';
SELECT object, action, note FROM referral_setup('tenant "x"') WHERE action <> 'kept';

-- The tables that setup makes itself hold nothing: theirs are built.
CREATE SCHEMA fresh;
SELECT action, pg_catalog.count(*) FROM referral_setup('fresh', build_indexes => false) GROUP BY action;

-- A partitioned table takes no CONCURRENTLY, and unique is what its partitions allow.
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
SELECT object, action, note FROM referral_setup('parted', build_indexes => false) WHERE action = 'skipped';
SELECT note FROM referral_setup('parted', build_indexes => false) WHERE note LIKE 'CREATE %' \gexec
SELECT object, action FROM referral_setup('parted', build_indexes => false) WHERE object LIKE 'index%';
SELECT referral_setup(build_indexes => NULL);
