-- A tenant a schema: the setting chooses, kept plans never leak from one to another.
CREATE EXTENSION referrals;
CREATE SCHEMA one;
CREATE SCHEMA "Two; --";
SELECT pg_catalog.count(*) FROM referral_setup('one');
SELECT pg_catalog.count(*) FROM referral_setup('Two; --');
\set alice '''00000000-0000-0000-0000-00000000000a'''

SET referrals.schema = 'one';
SELECT code FROM referral_create_code(:alice, 'SAME', description => 'of one', max_uses => 3);
SET referrals.schema = 'Two; --';
SELECT code FROM referral_create_code(:alice, 'SAME', description => 'of two', max_uses => 5);
SELECT remaining_uses FROM referral_use_code('SAME', :alice);
BEGIN;
SET LOCAL referrals.schema = 'one';
SELECT description, remaining_uses FROM referral_get_code_by_string('SAME');
SELECT remaining_uses FROM referral_use_code('SAME', :alice);
SAVEPOINT s;
SET LOCAL referrals.schema = 'Two; --';
SELECT description, remaining_uses FROM referral_get_code_by_string('SAME');
ROLLBACK TO s;
SELECT description, remaining_uses FROM referral_get_code_by_string('SAME');
COMMIT;
SELECT description, remaining_uses FROM referral_get_code_by_string('SAME');
SELECT 'one' AS schema, pg_catalog.count(*) FROM one.phoenix_kit_referral_code_usage
UNION ALL
SELECT 'two', pg_catalog.count(*) FROM "Two; --".phoenix_kit_referral_code_usage;

-- More schemas than plans are kept for.
DO $$
BEGIN
    FOR n IN 1..70 LOOP
        EXECUTE pg_catalog.format('CREATE SCHEMA tenant_%s', n);
        PERFORM referral_setup(pg_catalog.format('tenant_%s', n)::name);
        PERFORM pg_catalog.set_config('referrals.schema', pg_catalog.format('tenant_%s', n), false);
        PERFORM referral_create_code('00000000-0000-0000-0000-00000000000a', 'SAME', description => n::text);
    END LOOP;
    FOR n IN 1..70 LOOP
        PERFORM pg_catalog.set_config('referrals.schema', pg_catalog.format('tenant_%s', n), false);
        ASSERT (SELECT description FROM referral_get_code_by_string('SAME')) = n::text;
        PERFORM referral_use_code('SAME', '00000000-0000-0000-0000-00000000000b');
    END LOOP;
END
$$;

-- Tables dropped and made anew under a kept plan.
SET referrals.schema = 'one';
DROP SCHEMA one CASCADE;
SELECT * FROM referral_get_code_by_string('SAME');
CREATE SCHEMA one;
SELECT pg_catalog.count(*) FROM referral_setup('one');
SELECT pg_catalog.count(*) FROM referral_get_code_by_string('SAME');
SELECT code FROM referral_create_code(:alice, 'SAME');
SELECT remaining_uses FROM referral_use_code('SAME', :alice);
ALTER TABLE one.phoenix_kit_referral_codes ADD COLUMN extra integer DEFAULT 7;
SELECT remaining_uses FROM referral_use_code('SAME', '00000000-0000-0000-0000-00000000000b');

SET referrals.schema = '';
SELECT referral_enabled();
SET referrals.schema = 'nowhere';
SELECT referral_enabled();
SET referrals.shcema = 'one';
