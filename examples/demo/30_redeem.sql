-- A code, and its first redemption

\echo 'Alice makes a code that ten people may use. She is its beneficiary, so she cannot use it herself.'
\echo
:show
\pset expanded on
SELECT * FROM referral_create_code(
    :'alice',
    'WELCOME',
    max_uses => 10,
    beneficiary_uuid => :'alice'
);
:hide

\echo 'Bob redeems it. One call takes a use and writes the usage row, both in the caller''s transaction.'
\echo
:show
SELECT * FROM referral_use_code('welcome', :'bob');
:hide

\echo 'The reply got lost, and Bob''s app asks again. referral_try_use_code() returns a refusal as a row;'
\echo 'this one gives the use that Bob already has, so that a retry is safe.'
\echo
:show
SELECT * FROM referral_try_use_code('welcome', :'bob');
:hide

\o /dev/null
SELECT pg_temp.must_hold('Bob has one use, and it is counted once', number_of_uses = 1 AND usages = 1)
FROM phoenix_kit_referral_codes AS c
CROSS JOIN LATERAL (
    SELECT count(*) AS usages FROM phoenix_kit_referral_code_usage AS u WHERE u.code_uuid = c.uuid
) AS counted
WHERE code = 'WELCOME';
