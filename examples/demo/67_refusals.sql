-- Every refusal, as a client gets it

\echo 'Each reason to refuse has a SQLSTATE of its own and a word for programs in DETAIL; the message is'
\echo 'fit to be shown, and where something can be done about it there is a HINT. A helper runs some'
\echo 'statements, of which the last is refused, and takes all of them back. Shown are the last one and'
\echo 'what came of it.'
\echo
:show
CREATE FUNCTION pg_temp.refusal(
    VARIADIC statements text[],
    OUT statement text, OUT error text, OUT message text, OUT detail text, OUT hint text
) LANGUAGE plpgsql AS $$
BEGIN
    FOREACH statement IN ARRAY statements LOOP
        EXECUTE statement;
    END LOOP;
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS error = RETURNED_SQLSTATE, message = MESSAGE_TEXT,
                            detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
END $$;
:hide
\echo

SELECT count(*) AS usages_before FROM phoenix_kit_referral_code_usage \gset
-- In the statements a user goes by name.
CREATE TEMPORARY TABLE users (name text, uuid uuid);
INSERT INTO users
VALUES ('alice', :'alice'), ('bob', :'bob'), ('carol', :'carol'),
       ('ben', 'be400000-0000-4000-8000-000000000000'), ('shop', '5409b000-0000-4000-8000-000000000000');
CREATE FUNCTION pg_temp.id(user_name text) RETURNS uuid LANGUAGE sql
AS $$ SELECT uuid FROM pg_temp.users WHERE name = user_name $$;

CREATE TEMPORARY TABLE refusals AS
SELECT r.*
FROM (
    VALUES
        (1, ARRAY[$$SELECT referral_use_code('NO SUCH CODE', pg_temp.id('bob'))$$]),
        (2, ARRAY[$$SELECT referral_use_code('REF100003', pg_temp.id('bob'))$$]),
        (3, ARRAY[$$SELECT referral_use_code('REF100007', pg_temp.id('bob'))$$]),
        (4, ARRAY[$$SELECT referral_use_code('REF100001', pg_temp.id('bob'))$$]),
        (5, ARRAY[$$SELECT referral_use_code('WELCOME', pg_temp.id('bob'))$$]),
        (6, ARRAY[$$SELECT referral_use_code('WELCOME', pg_temp.id('alice'))$$]),
        (7, ARRAY[
            $$SELECT referral_disable_system()$$,
            $$SELECT referral_use_code('WELCOME', pg_temp.id('carol'))$$
        ]),
        (8, ARRAY[
            $$SELECT referral_set_max_codes_per_user(1)$$,
            $$SELECT referral_create_code(pg_temp.id('alice'))$$
        ]),
        (10, ARRAY[
            $$SELECT referral_create_program(
                  'tiny', '{"code_prefix": "TINY", "code_length": 1, "code_alphabet": "AB"}')$$,
            $$SELECT referral_create_code(pg_temp.id('alice'), code) FROM unnest('{TINYA, TINYB}'::text[]) AS code$$,
            $$SELECT referral_code_for(pg_temp.id('bob'), 'tiny')$$
        ]),
        (11, ARRAY[
            $$CREATE TABLE app_users (uuid uuid PRIMARY KEY)$$,
            $$SELECT referral_require_at_signup('app_users'), referral_set_required(true)$$,
            $$SET CONSTRAINTS ALL IMMEDIATE$$,
            $$INSERT INTO app_users VALUES (gen_random_uuid())$$
        ]),
        (12, ARRAY[$$SELECT referral_approve(sale.uuid, pg_temp.id('carol'))
FROM referral_list_for_referrer(pg_temp.id('alice')) AS sale$$]),
        (13, ARRAY[
            $$SELECT referral_update_program('friends', '{"status": "paused"}')$$,
            $$SELECT referral_use_code(code, pg_temp.id('bob')) FROM referral_code_for(pg_temp.id('carol'), 'friends')$$
        ]),
        (14, ARRAY[$$SELECT referral_attribute_sale(code, pg_temp.id('shop'), 'invoice-1', 'invoice', 800.00)
FROM referral_code_for(pg_temp.id('carol'), 'partners', 'company')$$]),
        (15, ARRAY[
            $$SELECT referral_use_code(code, pg_temp.id('ben')) FROM referral_code_for(pg_temp.id('carol'), 'friends')$$
        ]),
        (16, ARRAY[$$SELECT referral_create_payout(pg_temp.id('carol'), 'may', 'USD', 1000)$$])
) AS tried (number, statements)
CROSS JOIN LATERAL pg_temp.refusal(VARIADIC statements) AS r
ORDER BY number;
UPDATE refusals SET statement = regexp_replace(statement, 'pg_temp\.id\(''(\w+)''\)', '\1', 'g');
:show
:blocks
SELECT * FROM refusals;
:plain
:hide

-- What the source says there is.
\set known `grep -o '"RF[0-9]*"' ../../src/rules/refusal.rs | tr -d '"' | sort -u | paste -s -d ,`
\o /dev/null
SELECT pg_temp.must_hold(
    'there is no other refusal than these',
    array_agg(error ORDER BY error) = string_to_array(:'known', ',')
)
FROM refusals;
SELECT pg_temp.must_hold(
    'each tells its reason, and all but one what to do',
    count(*) FILTER (WHERE detail LIKE 'reason=%') = count(*) AND count(*) FILTER (WHERE hint <> '') = count(*) - 1
)
FROM refusals;
SELECT pg_temp.must_hold('a refusal changes nothing', count(*) = :usages_before AND referral_enabled())
FROM phoenix_kit_referral_code_usage;
