-- referral_grant and referral_revoke: what they say, in which schema, and what they refuse.
CREATE SCHEMA "Ext";
CREATE EXTENSION referrals SCHEMA "Ext";
CREATE SCHEMA "my shop";
CREATE ROLE "Shop App";
CREATE ROLE owner_of_tables;
SELECT "Ext".referral_grant('Shop App', 'read', 'my shop');
SELECT pg_catalog.count(*) FROM "Ext".referral_setup('my shop');

SELECT * FROM "Ext".referral_grant('Shop App', 'redeem', 'my shop');
SELECT * FROM "Ext".referral_grant('Shop App', 'pay', 'my shop');
SET ROLE "Shop App";
SET referrals.schema = 'my shop';
SELECT ok, reason FROM "Ext".referral_try_use_code('NONE', '00000000-0000-0000-0000-000000000001');
SELECT * FROM "Ext".referral_balance('00000000-0000-0000-0000-000000000001');
RESET ROLE;

-- What the task was given is taken, what another has stays.
SELECT * FROM "Ext".referral_revoke('Shop App', 'redeem');
SET ROLE "Shop App";
SELECT * FROM "Ext".referral_balance('00000000-0000-0000-0000-000000000001');
SELECT ok FROM "Ext".referral_try_use_code('NONE', '00000000-0000-0000-0000-000000000001');
RESET ROLE;

-- Errors name the argument.
SELECT "Ext".referral_grant('nobody', 'read');
SELECT "Ext".referral_grant('public', 'read');
SELECT "Ext".referral_grant('Shop App', 'everything');
SELECT "Ext".referral_grant(NULL, 'read');
SELECT "Ext".referral_grant('Shop App', NULL);
SELECT "Ext".referral_grant('Shop App', 'read', 'nowhere');
SELECT "Ext".referral_revoke('nobody', 'read');
SELECT "Ext".referral_revoke('Shop App', 'everything');
SET ROLE owner_of_tables;
SELECT "Ext".referral_grant('Shop App', 'read');
RESET ROLE;
GRANT USAGE ON SCHEMA "Ext", "my shop" TO owner_of_tables;
SET ROLE owner_of_tables;
SELECT "Ext".referral_grant('Shop App', 'read');
RESET ROLE;

-- The owner of the tables need not own the schemas, where everybody may use them.
RESET referrals.schema;
DROP EXTENSION referrals CASCADE;
CREATE EXTENSION referrals;
SELECT pg_catalog.count(*) FROM referral_setup();
SELECT pg_catalog.format('ALTER TABLE %s OWNER TO owner_of_tables', c.oid::pg_catalog.regclass)
  FROM pg_catalog.pg_class AS c
 WHERE c.relnamespace = 'public'::pg_catalog.regnamespace
   AND c.relkind = 'r'
 ORDER BY c.relname \gexec
SET ROLE owner_of_tables;
SELECT * FROM referral_grant('Shop App', 'pay');
RESET ROLE;
