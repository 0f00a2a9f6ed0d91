-- Who brought whom

\set ben be400000-0000-4000-8000-000000000000
\set dan da400000-0000-4000-8000-000000000000
\set eve e4e00000-0000-4000-8000-000000000000

\echo 'Ben brings Dan, and Dan brings Eve.'
\echo
:show
SELECT ok FROM referral_code_for(:'ben', 'friends') AS bens, referral_try_use_code(bens.code, :'dan');
SELECT ok FROM referral_code_for(:'dan', 'friends') AS dans, referral_try_use_code(dans.code, :'eve');
SELECT depth, user_uuid, referrer_uuid FROM referral_tree(:'ben');
SELECT depth, referrer_uuid FROM referral_upline(:'eve');
SELECT * FROM referral_program_report('friends');
:hide

\o /dev/null
SELECT pg_temp.must_hold('three generations up', array_agg(referrer_uuid) = ARRAY[:'dan', :'ben', :'alice']::uuid[])
FROM referral_upline(:'eve');
