-- A caller who puts tables, functions and operators of its own first on the search_path changes nothing.
CREATE EXTENSION referrals;
SELECT pg_catalog.count(*) FROM referral_setup();
SELECT code FROM referral_create_code('00000000-0000-0000-0000-00000000000a', 'WELCOME', max_uses => 1);

CREATE SCHEMA evil;
CREATE FUNCTION evil.no(uuid, uuid) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'evil ='; END $$;
CREATE FUNCTION evil.no(text, text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'evil ='; END $$;
CREATE FUNCTION evil.no(integer, integer) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'evil <'; END $$;
CREATE FUNCTION evil.no(bigint, bigint) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'evil <'; END $$;
CREATE FUNCTION evil.no(timestamptz, timestamptz) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'evil >'; END $$;
CREATE FUNCTION evil.no(oid, oid) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'evil ='; END $$;
CREATE FUNCTION evil.no(name, name) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'evil ='; END $$;
CREATE FUNCTION evil.upper(text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'evil upper'; END $$;
CREATE FUNCTION evil.now() RETURNS timestamptz LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'evil now'; END $$;
CREATE FUNCTION evil.count(uuid) RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'evil count'; END $$;
CREATE OPERATOR evil.= (FUNCTION = evil.no, LEFTARG = uuid, RIGHTARG = uuid);
CREATE OPERATOR evil.= (FUNCTION = evil.no, LEFTARG = text, RIGHTARG = text);
CREATE OPERATOR evil.= (FUNCTION = evil.no, LEFTARG = oid, RIGHTARG = oid);
CREATE OPERATOR evil.= (FUNCTION = evil.no, LEFTARG = name, RIGHTARG = name);
CREATE OPERATOR evil.<> (FUNCTION = evil.no, LEFTARG = uuid, RIGHTARG = uuid);
CREATE OPERATOR evil.<> (FUNCTION = evil.no, LEFTARG = bigint, RIGHTARG = bigint);
CREATE OPERATOR evil.<> (FUNCTION = evil.no, LEFTARG = integer, RIGHTARG = integer);
CREATE OPERATOR evil.< (FUNCTION = evil.no, LEFTARG = integer, RIGHTARG = integer);
CREATE OPERATOR evil.> (FUNCTION = evil.no, LEFTARG = integer, RIGHTARG = integer);
CREATE OPERATOR evil.> (FUNCTION = evil.no, LEFTARG = bigint, RIGHTARG = bigint);
CREATE OPERATOR evil.> (FUNCTION = evil.no, LEFTARG = timestamptz, RIGHTARG = timestamptz);
CREATE DOMAIN evil.text AS pg_catalog.text CHECK (false);
CREATE DOMAIN evil.int4 AS pg_catalog.int4 CHECK (false);
CREATE TABLE evil.phoenix_kit_referral_codes (LIKE public.phoenix_kit_referral_codes);
CREATE TABLE evil.phoenix_kit_settings (LIKE public.phoenix_kit_settings);
CREATE TABLE evil.phoenix_kit_referral_code_usage (LIKE public.phoenix_kit_referral_code_usage);

-- The traps are real.
SET search_path = evil, pg_catalog, public;
SELECT '00000000-0000-0000-0000-00000000000a'::uuid = '00000000-0000-0000-0000-00000000000a'::uuid;

SELECT state FROM public.referral_create_code('00000000-0000-0000-0000-00000000000b', 'EVIL');
SELECT code, remaining_uses FROM public.referral_use_code('welcome', '00000000-0000-0000-0000-000000000001');
SELECT ok, reason FROM public.referral_try_use_code('welcome', '00000000-0000-0000-0000-000000000002');
SELECT ok, reason FROM public.referral_try_use_code('nosuch', '00000000-0000-0000-0000-000000000002');
SELECT total_uses, recent_users FROM public.referral_stats((SELECT uuid FROM public.referral_get_code_by_string('welcome')));
SELECT * FROM public.referral_config();
SELECT public.referral_set_required(false), public.referral_set_max_codes_per_user(5);
SELECT public.referral_undo_use(uuid) FROM public.phoenix_kit_referral_code_usage;
SELECT pg_catalog.count(*) FROM public.referral_doctor();
SELECT action, pg_catalog.count(*) FROM public.referral_setup() GROUP BY action;
CREATE SCHEMA more;
SELECT action, pg_catalog.count(*) FROM public.referral_setup('more') GROUP BY action ORDER BY action;
SELECT pg_catalog.count(*) FROM evil.phoenix_kit_referral_code_usage;
