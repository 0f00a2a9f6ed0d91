-- A database without PhoenixKit's tables gets them from setup.
CREATE EXTENSION referrals;

-- CREATE EXTENSION made functions and nothing else.
SELECT deptype,
       pg_catalog.count(*) FILTER (WHERE classid <> 'pg_catalog.pg_proc'::regclass) AS not_functions
  FROM pg_catalog.pg_depend
 WHERE refclassid = 'pg_catalog.pg_extension'::regclass
   AND refobjid = (SELECT oid FROM pg_catalog.pg_extension WHERE extname = 'referrals')
 GROUP BY deptype;
SELECT pg_catalog.count(*) AS relations
  FROM pg_catalog.pg_class
 WHERE relnamespace = 'public'::regnamespace;

-- Before setup every function says what is missing.
SELECT * FROM referral_use_code('WELCOME', '00000000-0000-0000-0000-000000000001');
SELECT referral_enabled();

SELECT * FROM referral_setup();
SELECT * FROM referral_setup();
SELECT * FROM referral_doctor();
SELECT * FROM referral_config();

\d phoenix_kit_referral_codes
SELECT reloptions FROM pg_catalog.pg_class WHERE oid = 'phoenix_kit_referral_codes'::regclass;
\d phoenix_kit_referral_code_usage
\d phoenix_kit_settings
\d referral_code_creators

-- The tables belong to the caller: the extension goes, they stay, and it comes back in the same session.
SELECT code, max_uses FROM referral_create_code('00000000-0000-0000-0000-00000000000a', 'welcome', max_uses => 5);
SELECT code, remaining_uses FROM referral_use_code('welcome', '00000000-0000-0000-0000-000000000001');
SELECT * FROM referral_detach();
DROP EXTENSION referrals;
SELECT code, number_of_uses FROM phoenix_kit_referral_codes;
CREATE EXTENSION referrals;
SELECT code, remaining_uses FROM referral_use_code('welcome', '00000000-0000-0000-0000-000000000002');
SELECT pg_catalog.count(*) FROM phoenix_kit_referral_code_usage;

-- Any schema will do for the functions, on the search_path or not.
SELECT * FROM referral_detach();
DROP EXTENSION referrals;
CREATE SCHEMA "Elsewhere";
CREATE EXTENSION referrals SCHEMA "Elsewhere";
SELECT action, pg_catalog.count(*) FROM "Elsewhere".referral_setup() GROUP BY action;
SELECT code, remaining_uses FROM "Elsewhere".referral_use_code('welcome', '00000000-0000-0000-0000-000000000003');
SELECT referral_enabled();

-- Names that read like the placeholders of the extension's own statements.
CREATE SCHEMA "host.";
CREATE SCHEMA host;
DROP EXTENSION referrals CASCADE;
CREATE EXTENSION referrals SCHEMA host;
SELECT action, pg_catalog.count(*) FROM host.referral_setup('host.') GROUP BY action;
CREATE TABLE "host."."users_table extension.host." ("user_key" uuid);
SELECT host.referral_require_at_signup('"host."."users_table extension.host."', 'user_key');
SELECT pg_catalog.pg_get_triggerdef(oid) FROM pg_catalog.pg_trigger WHERE tgname = 'referral_required_at_signup';
SELECT object, action FROM host.referral_detach('host.');
SELECT object, action FROM host.referral_detach('public');
DROP EXTENSION referrals;
CREATE EXTENSION referrals SCHEMA "Elsewhere";

-- A schema that does not exist; a NULL for guards.
SELECT * FROM "Elsewhere".referral_setup('nowhere');
SELECT * FROM "Elsewhere".referral_setup(guards => NULL);
SELECT * FROM "Elsewhere".referral_doctor('nowhere');
