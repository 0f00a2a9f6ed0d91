-- Every refusal, as a client gets it

\echo 'referral_use_code() raises an error with a SQLSTATE of its own for each reason to refuse. Here a'
\echo 'helper catches it, so that all seven make one table, in the order of the calls.'
\echo
:show
CREATE FUNCTION pg_temp.refusal(
    code text, user_uuid uuid, system_is_on boolean,
    OUT error text, OUT message text, OUT detail text, OUT hint text
) LANGUAGE plpgsql AS $$
BEGIN
    IF NOT system_is_on THEN
        PERFORM referral_disable_system();  -- the error below takes it back
    END IF;
    PERFORM referral_use_code(code, user_uuid);
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS error = RETURNED_SQLSTATE, message = MESSAGE_TEXT,
                            detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
END $$;
\echo

CREATE TEMPORARY TABLE refusals AS
SELECT refusal.*
FROM (
    VALUES
        ('NO SUCH CODE', :'bob'::uuid, true),
        ('REF100003', :'bob', true),
        ('REF100007', :'bob', true),
        ('REF100001', :'bob', true),
        ('WELCOME', :'bob', true),
        ('WELCOME', :'alice', true),
        ('WELCOME', :'carol', false)
) AS call (code, user_uuid, system_is_on)
CROSS JOIN pg_temp.refusal(code, user_uuid, system_is_on);
\echo
:wrap
SELECT * FROM refusals;
:plain
:hide

\o /dev/null
SELECT pg_temp.must_hold(
    'each refusal has its SQLSTATE',
    array_agg(error) = '{RF001, RF002, RF003, RF004, RF005, RF006, RF007}'
)
FROM refusals;
SELECT pg_temp.must_hold('a refusal changes nothing', count(*) = 300005 AND referral_enabled())
FROM phoenix_kit_referral_code_usage;
