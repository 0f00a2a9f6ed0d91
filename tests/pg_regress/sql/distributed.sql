-- What setup and the doctor say over tables that Citus has distributed. Here two tables stand in for its catalogs, under
-- their names and with their columns: nothing else of it is asked for.
CREATE EXTENSION referrals;
CREATE SCHEMA tenant;
CREATE SCHEMA other;
SELECT pg_catalog.count(*) FROM referral_setup('tenant', guards => false);
SET allow_system_table_mods = on;
CREATE TABLE pg_catalog.pg_dist_schema (schemaid oid PRIMARY KEY, colocationid integer NOT NULL UNIQUE);
CREATE TABLE pg_catalog.pg_dist_partition (
       logicalrelid   regclass NOT NULL,
       partmethod     "char" NOT NULL,
       partkey        text,
       colocationid   integer NOT NULL DEFAULT 0,
       repmodel       "char" NOT NULL DEFAULT 'c',
       autoconverted  boolean NOT NULL DEFAULT false);
GRANT SELECT ON pg_catalog.pg_dist_schema, pg_catalog.pg_dist_partition TO PUBLIC;
RESET allow_system_table_mods;

-- Citus is there, and nothing is distributed: guards come and go as ever.
SELECT action, pg_catalog.count(*) FROM referral_setup('tenant') GROUP BY action ORDER BY action;
SELECT action, pg_catalog.count(*) FROM referral_detach('tenant') GROUP BY action;

-- A schema is distributed as a whole: no setup in it, with guards or without, whatever it holds.
INSERT INTO pg_catalog.pg_dist_schema VALUES ('tenant'::regnamespace, 4), ('other'::regnamespace, 5);
SELECT code, message, detail, hint FROM caught($$ SELECT FROM referral_setup('tenant') $$) \gx
SELECT code, message FROM caught($$ SELECT FROM referral_setup('tenant', guards => false) $$);
SELECT code, message FROM caught($$ SELECT FROM referral_setup('other', guards => false) $$);
SELECT pg_catalog.count(*) AS made FROM pg_catalog.pg_class WHERE relnamespace = 'other'::regnamespace;
DELETE FROM pg_catalog.pg_dist_schema WHERE schemaid = 'other'::regnamespace;
SELECT pg_catalog.count(*) > 0 AS elsewhere FROM referral_setup('other');

-- Its tables, one by one or with the schema: guards are refused, all else is done.
DELETE FROM pg_catalog.pg_dist_schema;
INSERT INTO pg_catalog.pg_dist_partition (logicalrelid, partmethod, repmodel, colocationid)
VALUES ('tenant.phoenix_kit_referral_code_usage', 'n', 's', 4),
       ('tenant.phoenix_kit_referral_codes', 'n', 's', 4),
       ('tenant.referral_programs', 'n', 's', 4);
SELECT code, message, detail, hint FROM caught($$ SELECT FROM referral_setup('tenant') $$) \gx
SELECT code, message, detail, hint FROM caught($$ SELECT FROM referral_attach_guards('tenant') $$) \gx
SELECT pg_catalog.count(*) AS attached
  FROM pg_catalog.pg_trigger AS t JOIN pg_catalog.pg_class AS c ON c.oid = t.tgrelid
 WHERE c.relnamespace = 'tenant'::regnamespace AND NOT t.tgisinternal;
SELECT action, pg_catalog.count(*) FROM referral_setup('tenant', guards => false) GROUP BY action ORDER BY action;
SELECT action, pg_catalog.count(*) FROM referral_setup('other') GROUP BY action;
SELECT * FROM referral_doctor('tenant');

-- Without guards the functions hold the limits.
SET referrals.schema = tenant;
SELECT code FROM referral_create_code('00000000-0000-0000-0000-00000000000a', 'ONCE', max_uses => 1);
SELECT ok, reason FROM referral_try_use_code('once', '00000000-0000-0000-0000-00000000000b');
SELECT ok, reason FROM referral_try_use_code('once', '00000000-0000-0000-0000-00000000000c');
RESET referrals.schema;

-- Guards that stand there all the same: attached before, as Citus allows with citus.enable_unsafe_triggers.
CREATE TEMPORARY TABLE kept AS SELECT * FROM pg_catalog.pg_dist_partition;
DELETE FROM pg_catalog.pg_dist_partition;
SELECT action, pg_catalog.count(*) FROM referral_attach_guards('tenant') GROUP BY action;
INSERT INTO pg_catalog.pg_dist_partition SELECT * FROM kept;
ALTER TABLE tenant.phoenix_kit_referral_codes DISABLE TRIGGER referral_guard_code;
SELECT * FROM referral_doctor('tenant');
SELECT action, pg_catalog.count(*) FROM referral_detach('tenant') GROUP BY action;
SELECT * FROM referral_doctor('tenant');

-- Whoever owns the tables and nothing else is told so too.
CREATE ROLE owner_of_tenant;
GRANT CREATE ON DATABASE regress TO owner_of_tenant;
SET ROLE owner_of_tenant;
CREATE SCHEMA own;
SELECT pg_catalog.count(*) > 0 AS set_up FROM referral_setup('own', guards => false);
RESET ROLE;
INSERT INTO pg_catalog.pg_dist_partition (logicalrelid, partmethod) VALUES ('own.referral_rewards', 'n');
SET ROLE owner_of_tenant;
SELECT code, message FROM caught($$ SELECT FROM referral_attach_guards('own') $$);
RESET ROLE;
