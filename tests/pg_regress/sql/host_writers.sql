-- What setup gives to whoever may insert into the host's tables: what a redemption touches, or a creation; the rest is
-- for referral_grant to give. PUBLIC is given nothing.
CREATE EXTENSION referrals;
CREATE ROLE redeemer;
CREATE ROLE redeemer_of_columns;
CREATE ROLE creator;
CREATE ROLE creator_of_columns;
CREATE ROLE passer_by;
\set ECHO none
\i tests/support/host/tables.sql
\set ON_ERROR_STOP off
\set ECHO all
GRANT EXECUTE ON FUNCTION uuid_generate_v7() TO PUBLIC;
GRANT SELECT ON phoenix_kit_referral_codes, phoenix_kit_referral_code_usage, phoenix_kit_settings TO redeemer, redeemer_of_columns, creator, creator_of_columns, passer_by;
GRANT UPDATE (number_of_uses) ON phoenix_kit_referral_codes TO redeemer, redeemer_of_columns;
GRANT INSERT ON phoenix_kit_referral_code_usage TO redeemer;
GRANT INSERT (uuid, code_uuid, used_by_uuid, date_used) ON phoenix_kit_referral_code_usage TO redeemer_of_columns;
GRANT INSERT ON phoenix_kit_referral_codes TO creator;
GRANT INSERT (uuid, code, description, status, number_of_uses, max_uses, created_by_uuid, beneficiary_uuid, date_created, expiration_date) ON phoenix_kit_referral_codes TO creator_of_columns;
SELECT object, action, note FROM referral_setup() WHERE object LIKE 'table%';
SELECT object, action, note FROM referral_setup() WHERE action NOT IN ('kept', 'adopted');
SELECT referral_enable_system();
INSERT INTO phoenix_kit_settings (key, value) VALUES ('referral_events_enabled', 'true'), ('referral_guard_user_limit', 'true');
SELECT pg_catalog.count(*) FROM referral_poll_events('mailer');
SELECT key FROM referral_create_program('capped', '{"max_uses_total": 100}');
SELECT uuid AS plain FROM referral_create_code('00000000-0000-0000-0000-00000000000a', 'PLAIN', max_uses => 50) \gset
SELECT uuid AS capped, code AS capped_code FROM referral_code_for('00000000-0000-0000-0000-00000000000b', 'capped') \gset

SELECT coalesce(r.rolname, 'PUBLIC') AS role, t.relname AS "table", t.columns, t.rights
  FROM (SELECT c.relname, a.grantee, NULL AS columns, pg_catalog.string_agg(a.privilege_type, ', ' ORDER BY a.privilege_type) AS rights
          FROM pg_catalog.pg_class AS c, pg_catalog.aclexplode(c.relacl) AS a
         WHERE c.relnamespace = 'public'::regnamespace AND c.relname LIKE 'referral\_%' AND a.grantee <> c.relowner
         GROUP BY c.relname, a.grantee
         UNION ALL
        SELECT c.relname, a.grantee, pg_catalog.string_agg(k.attname, ', ' ORDER BY k.attnum), a.privilege_type
          FROM pg_catalog.pg_class AS c, pg_catalog.pg_attribute AS k, pg_catalog.aclexplode(k.attacl) AS a
         WHERE c.relnamespace = 'public'::regnamespace AND c.relname LIKE 'referral\_%' AND k.attrelid = c.oid
         GROUP BY c.relname, a.grantee, a.privilege_type) AS t
       LEFT JOIN pg_catalog.pg_roles AS r ON r.oid = t.grantee
 ORDER BY 1, 2, 4;

-- Both ways of a redemption, by rows and by function; and of a creation.
CREATE PROCEDURE redeems(who name)
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE pg_catalog.format('SET ROLE %I', who);
    INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid)
    SELECT c.uuid, pg_catalog.gen_random_uuid() FROM phoenix_kit_referral_codes AS c;
    PERFORM referral_use_code(c.code, pg_catalog.gen_random_uuid()) FROM phoenix_kit_referral_codes AS c;
    RESET ROLE;
END $$;
CREATE PROCEDURE creates(who name)
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE pg_catalog.format('SET ROLE %I', who);
    INSERT INTO phoenix_kit_referral_codes (code, description, max_uses, created_by_uuid, beneficiary_uuid)
    VALUES ('BY ' || who, 'x', 3, pg_catalog.gen_random_uuid(), pg_catalog.gen_random_uuid());
    PERFORM referral_create_code(pg_catalog.gen_random_uuid(), beneficiary_uuid => pg_catalog.gen_random_uuid());
    RESET ROLE;
END $$;
CALL redeems('redeemer');
CALL redeems('redeemer_of_columns');
CALL creates('creator');
CALL creates('creator_of_columns');

-- Nothing else.
CREATE FUNCTION may(who name, OUT call text, OUT code text) RETURNS SETOF record
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE pg_catalog.format('SET ROLE %I', who);
    FOREACH call IN ARRAY ARRAY[
        'SELECT referral_record_purchase(gen_random_uuid(), ''order'', 10)',
        'SELECT referral_attribute_sale(''PLAIN'', gen_random_uuid(), ''order'', amount => 10)',
        'SELECT referral_approve(gen_random_uuid(), gen_random_uuid())',
        'SELECT referral_reverse(gen_random_uuid(), ''x'')',
        'SELECT referral_poll_events(''mailer'')',
        'SELECT referral_ack_events(''mailer'', ARRAY[1])',
        'SELECT referral_prune_events(''0'')',
        'SELECT referral_balance(gen_random_uuid())',
        'SELECT referral_check_signup(''PLAIN'', ''somebody'')',
        'SELECT referral_create_program(''mine'')',
        'SELECT referral_update_program(''default'', ''{"referrer_reward": 100000}'')',
        'SELECT referral_disable_system()',
        'SELECT referral_set_max_uses_per_code(1000000)',
        'SELECT referral_deactivate_code(''PLAIN'')',
        'SELECT referral_assign_program(uuid, ''capped'') FROM phoenix_kit_referral_codes WHERE code = ''PLAIN''',
        'SELECT referral_delete_code(uuid) FROM phoenix_kit_referral_codes WHERE code = ''PLAIN''',
        'SELECT referral_code_for(gen_random_uuid(), ''capped'')',
        'SELECT referral_forget_user(gen_random_uuid())',
        'INSERT INTO referral_conversions SELECT * FROM referral_conversions',
        'INSERT INTO referral_rewards SELECT * FROM referral_rewards',
        'UPDATE referral_programs SET referrer_reward = 100000']
    LOOP
        code = (caught(call)).code;
        RETURN NEXT;
    END LOOP;
    RESET ROLE;
END $$;
SELECT who, m.code, pg_catalog.count(*), pg_catalog.min(m.call) FILTER (WHERE m.code IS NULL)
  FROM pg_catalog.unnest(ARRAY['redeemer', 'redeemer_of_columns', 'creator', 'creator_of_columns', 'passer_by']) AS who, may(who) AS m
 GROUP BY who, m.code
 ORDER BY who, m.code;

-- Nothing is given to PUBLIC, though it may write the host's tables.
GRANT INSERT ON phoenix_kit_referral_code_usage, phoenix_kit_referral_codes TO PUBLIC;
DROP TABLE referral_referees;
SELECT object, action, note FROM referral_setup() WHERE action NOT IN ('kept', 'adopted');
SELECT severity, subject, finding FROM referral_doctor() WHERE severity <> 'info';
SET ROLE passer_by;
SELECT (caught('SELECT key FROM referral_programs')).code, (caught('SELECT code_uuid FROM referral_code_programs')).code;
RESET ROLE;

-- The doctor names what such a role calls with effect, and it is so.
CREATE ROLE anon;
GRANT SELECT, INSERT, UPDATE ON phoenix_kit_settings TO anon;
SELECT severity, subject, finding, remedy FROM referral_doctor() WHERE finding ~ 'effect';
SET ROLE anon;
SELECT referral_set_max_uses_per_code(1000000);
RESET ROLE;

-- A trigger of the host's that switches a code off as it is used: the usage row is judged by the code as that left it.
CREATE SCHEMA turned;
SET referrals.schema = 'turned';
SELECT pg_catalog.count(*) > 0 AS is_set_up FROM referral_setup();
CREATE FUNCTION turned.off() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE turned.phoenix_kit_referral_codes SET status = false WHERE uuid = NEW.uuid;
    RETURN NULL;
END
$$;
CREATE TRIGGER a_off AFTER UPDATE OF number_of_uses ON turned.phoenix_kit_referral_codes
    FOR EACH ROW EXECUTE FUNCTION turned.off();
INSERT INTO turned.phoenix_kit_referral_codes (code, description, max_uses, created_by_uuid)
VALUES ('ONCE', 'switched off by its use', 5, '00000000-0000-0000-0000-000000000001');
BEGIN;
UPDATE turned.phoenix_kit_referral_codes SET number_of_uses = number_of_uses + 1;
SELECT code, message FROM caught($$
    INSERT INTO turned.phoenix_kit_referral_code_usage (code_uuid, used_by_uuid)
    SELECT uuid, '00000000-0000-0000-0000-000000000002' FROM turned.phoenix_kit_referral_codes
$$);
ROLLBACK;
RESET referrals.schema;
