-- What ALTER DEFAULT PRIVILEGES gives on every new table is taken off the tables that setup makes; adopted ones
-- stay as they are.
CREATE EXTENSION referrals;
CREATE ROLE anon;
CREATE ROLE authenticated;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON TABLES TO anon, authenticated;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON SEQUENCES TO anon;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO PUBLIC;
SELECT object, note FROM referral_setup() WHERE object LIKE 'table %' AND note LIKE '%taken from%';
SELECT c.relname, a.privilege_type, a.grantee::pg_catalog.regrole
  FROM pg_catalog.pg_class AS c,
       pg_catalog.aclexplode(c.relacl) AS a
 WHERE c.relnamespace = 'public'::pg_catalog.regnamespace
   AND a.grantee <> c.relowner;
SELECT object, action, note FROM referral_setup() WHERE action <> 'kept';

SET ROLE anon;
SELECT referral_record_purchase('00000000-0000-0000-0000-000000000001', 'order-1', 100000);
UPDATE referral_programs SET referrer_reward = 100000;
SELECT referral_disable_system();
SELECT referral_forget_user('00000000-0000-0000-0000-000000000001');
SELECT referral_use_code('WELCOME', '00000000-0000-0000-0000-000000000001');
SELECT pg_catalog.nextval('referral_events_id_seq');
RESET ROLE;

-- A task that is given stays given, also where a table is made anew.
SELECT pg_catalog.count(*) > 0 AS given FROM referral_grant('authenticated', 'redeem');
DROP TABLE referral_referees;
SELECT object, action, note FROM referral_setup() WHERE action <> 'kept';
SELECT code FROM referral_create_code('00000000-0000-0000-0000-00000000000a', 'WELCOME');
SET ROLE authenticated;
SELECT ok FROM referral_try_use_code('WELCOME', '00000000-0000-0000-0000-000000000001');
RESET ROLE;

-- Tables that are there already are the host's: their rights are left, and give what writing them takes.
CREATE SCHEMA shop;
ALTER DEFAULT PRIVILEGES IN SCHEMA shop GRANT ALL ON TABLES TO anon;
CREATE TABLE shop.phoenix_kit_referral_codes (LIKE phoenix_kit_referral_codes INCLUDING ALL);
SELECT object, action, note FROM referral_setup('shop') WHERE object LIKE 'table %';
SELECT c.relname, pg_catalog.string_agg(a.privilege_type, ', ' ORDER BY a.privilege_type) AS rights
  FROM pg_catalog.pg_class AS c,
       pg_catalog.aclexplode(c.relacl) AS a
 WHERE c.relnamespace = 'shop'::pg_catalog.regnamespace
   AND a.grantee = 'anon'::pg_catalog.regrole
   AND a.privilege_type <> 'MAINTAIN'
 GROUP BY c.relname
 ORDER BY c.relname COLLATE "C";

-- The doctor names what is left: here the host's own table, whose rights reach as far as the schema can be used.
SELECT severity, subject, finding, remedy FROM referral_doctor('shop') WHERE finding LIKE '%has %here';
GRANT USAGE ON SCHEMA shop TO anon;
SELECT severity, subject, finding, remedy FROM referral_doctor('shop') WHERE finding LIKE '%has %here';
GRANT INSERT ON shop.referral_rewards TO PUBLIC;
SELECT severity, subject, finding, remedy FROM referral_doctor('shop') WHERE finding LIKE '%everybody%';
ALTER FUNCTION referral_forget_user(uuid) SECURITY DEFINER;
SELECT severity, subject, remedy FROM referral_doctor('shop') WHERE subject LIKE 'function%';
ALTER FUNCTION referral_forget_user(uuid) SECURITY INVOKER;
