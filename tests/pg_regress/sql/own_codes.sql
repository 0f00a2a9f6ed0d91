-- The code of a person in a program: one after another where one is dead.
CREATE EXTENSION referrals;
SET client_min_messages = warning;
SELECT pg_catalog.count(*) > 0 AS made FROM referral_setup();
SELECT referral_enable_system();
\set anna '''00000000-0000-0000-0000-00000000000a'''
\set bert '''00000000-0000-0000-0000-00000000000b'''
SELECT key FROM referral_create_program('spring', '{"max_uses_per_code": 2, "codes_expire_after": "30 days"}');
-- Codes in the order in which they were made, by number.
CREATE TABLE codes (number integer GENERATED ALWAYS AS IDENTITY, uuid uuid UNIQUE);
CREATE FUNCTION ask(owner uuid, program text DEFAULT 'spring', OUT number integer, OUT state text, OUT remaining integer) LANGUAGE plpgsql AS $$
DECLARE
    code record;
BEGIN
    SELECT * INTO code FROM referral_code_for(owner, program);
    INSERT INTO codes (uuid) SELECT code.uuid WHERE NOT EXISTS (SELECT FROM codes AS c WHERE c.uuid = code.uuid);
    SELECT c.number INTO number FROM codes AS c WHERE c.uuid = code.uuid;
    state = code.state;
    remaining = code.remaining_uses;
END
$$;
CREATE FUNCTION change(number integer, changes jsonb) RETURNS text LANGUAGE sql AS
    'SELECT (referral_update_code((SELECT uuid FROM codes AS c WHERE c.number = change.number), changes)).state';
CREATE FUNCTION text_of(number integer) RETURNS text LANGUAGE sql AS
    'SELECT code FROM phoenix_kit_referral_codes JOIN codes AS c USING (uuid) WHERE c.number = text_of.number';
SELECT * FROM ask(:anna);
SELECT * FROM ask(:anna);

-- Used up: another follows, and the first one's uses stay hers.
SELECT ok FROM referral_try_use_code(text_of(1), pg_catalog.gen_random_uuid()) UNION ALL SELECT ok FROM referral_try_use_code(text_of(1), pg_catalog.gen_random_uuid());
SELECT * FROM ask(:anna);
SELECT * FROM ask(:anna);
SELECT c.number, p.owner_uuid, p.owner_type, p.program, p.generation, k.beneficiary_uuid, k.number_of_uses
  FROM codes AS c JOIN referral_code_programs AS p ON p.code_uuid = c.uuid JOIN phoenix_kit_referral_codes AS k ON k.uuid = c.uuid ORDER BY c.number;
SELECT referrer_uuid, owner_type, program FROM referral_resolve(text_of(1));
-- One that can be used again is not hers to give any more: the last one is.
SELECT change(1, '{"max_uses": 9}');
SELECT * FROM ask(:anna);

SELECT referral_code = text_of(2) AS current, total_uses, remaining_uses, max_uses FROM referral_user_stats(:anna, 'spring');

-- Expired.
UPDATE phoenix_kit_referral_codes SET expiration_date = '2020-01-01' WHERE uuid = (SELECT uuid FROM codes WHERE number = 2);
SELECT * FROM ask(:anna);
-- Switched off: given as it is, also once it has expired.
SELECT change(3, '{"status": false}');
SELECT * FROM ask(:anna);
UPDATE phoenix_kit_referral_codes SET expiration_date = '2020-01-01' WHERE uuid = (SELECT uuid FROM codes WHERE number = 3);
SELECT * FROM ask(:anna);
-- Somebody else's by now, or nobody's; switched off or not.
SELECT change(3, '{"beneficiary_uuid": "00000000-0000-0000-0000-00000000000b"}');
SELECT * FROM ask(:anna);
SELECT change(4, '{"beneficiary_uuid": null}');
SELECT * FROM ask(:anna);
-- In another program by now: nobody's own.
SELECT referral_assign_program((SELECT uuid FROM codes WHERE number = 5), 'default');
SELECT * FROM ask(:anna);
-- Deleted, by function and by hand.
SELECT referral_delete_code((SELECT uuid FROM codes WHERE number = 6));
SELECT * FROM ask(:anna);
DELETE FROM phoenix_kit_referral_codes WHERE uuid = (SELECT uuid FROM codes WHERE number = 7);
SELECT * FROM ask(:anna);
SELECT * FROM ask(:anna);
SELECT generation, code_uuid IN (SELECT uuid FROM phoenix_kit_referral_codes) AS is_there FROM referral_code_programs WHERE owner_uuid = :anna ORDER BY generation;
-- Each program has its own, and so has each kind of owner.
SELECT * FROM ask(:anna, 'default');
SELECT (referral_code_for(:anna, 'spring', 'team')).uuid = (referral_code_for(:anna, 'spring', 'team')).uuid AS same,
       (referral_code_for(:anna, 'spring', 'team')).uuid IN (SELECT uuid FROM codes) AS is_hers;

-- A program that is paused, ended or over makes none: who has one, dead or not, gets that.
SELECT * FROM ask(:bert);
UPDATE phoenix_kit_referral_codes SET expiration_date = '2020-01-01' WHERE uuid = (SELECT uuid FROM codes ORDER BY number DESC LIMIT 1);
CREATE FUNCTION asked(status jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    answer text;
BEGIN
    PERFORM referral_update_program('spring', status);
    answer = pg_catalog.concat_ws(', ',
        (SELECT pg_catalog.format('his %s is %s', number, state) FROM ask('00000000-0000-0000-0000-00000000000b')),
        (SELECT pg_catalog.format('another''s: %s %s', code, message) FROM caught('SELECT referral_code_for(pg_catalog.gen_random_uuid(), ''spring'')')));
    PERFORM referral_update_program('spring', '{"status": "active", "starts_at": null, "ends_at": null}');
    RETURN answer;
END
$$;
SELECT status, asked(status) FROM pg_catalog.unnest(ARRAY['{"status": "paused"}', '{"status": "ended"}', '{"ends_at": "2001-01-01"}']::jsonb[]) AS status;
SELECT * FROM ask(:bert);
SELECT change((SELECT pg_catalog.max(number) FROM codes), '{"beneficiary_uuid": "00000000-0000-0000-0000-00000000000a"}');
SELECT status FROM referral_update_program('spring', '{"status": "paused"}');
SELECT code, message, detail FROM caught('SELECT referral_code_for(''00000000-0000-0000-0000-00000000000b'', ''spring'')');
SELECT status FROM referral_update_program('spring', '{"status": "active"}');

-- Before it starts it makes codes, which live from then on.
SELECT key FROM referral_create_program('coming', '{"starts_at": "2999-01-01 00:00+00", "codes_expire_after": "30 days"}');
SELECT state, expiration_date = '2999-01-31 00:00+00' AS lives_from_then_on FROM referral_code_for(:bert, 'coming');
SELECT pg_catalog.count(DISTINCT uuid) FROM (SELECT (referral_code_for(:bert, 'coming')).uuid FROM pg_catalog.generate_series(1, 3)) AS asked;
SELECT ok, reason FROM referral_try_use_code((SELECT code FROM referral_code_for(:bert, 'coming')), :anna);
SELECT starts_at FROM referral_update_program('coming', '{"starts_at": null}');
SELECT ok, reason FROM referral_try_use_code((SELECT code FROM referral_code_for(:bert, 'coming')), :anna);
