-- A referral program: ten dollars for both

\set ben be400000-0000-4000-8000-000000000000

\echo 'Ten dollars to both sides on a first purchase of ten dollars or more, ten uses a code. These are the'
\echo 'defaults; each can be set.'
\echo
:show
\pset expanded on
SELECT key, referrer_reward, referee_reward, currency, min_purchase, max_uses_per_code, first_purchase_only
FROM referral_create_program('friends');
\pset expanded off
:hide

\echo 'Alice''s code is made when she first asks for it, and is the same whenever she asks again.'
\echo
:show
SELECT code, max_uses, state FROM referral_code_for(:'alice', 'friends');
:hide
SELECT code AS code_of_alice FROM referral_code_for(:'alice', 'friends') \gset

\echo 'Ben signs up with it. Before, a dry run said whether he can.'
\echo
:show
SELECT valid, message FROM referral_validate_code(:'code_of_alice', :'ben');
SELECT ok, remaining_uses FROM referral_try_use_code(:'code_of_alice', :'ben');
:hide

\echo 'He buys for five dollars: not enough, and his first purchase is not spent by it. Then he buys for'
\echo 'ten, and the payment webhook is delivered in 50 connections at once.'
\echo
:show
SELECT rewarded, reason FROM referral_record_purchase(:'ben', 'payment-0', 5.00);
:hide
CREATE TABLE deliveries (rewarded boolean, reason text);
\! sed 's/^/    /' clients/webhook.sql
\echo
\! pgbench --no-vacuum --client 50 --jobs 2 --transactions 1 --file clients/webhook.sql >"$SCRATCH_DIR/pgbench.log" 2>&1

\echo 'One delivery was rewarded. All others heard that they were repeats.'
\echo
:show
SELECT rewarded, reason, count(*) AS deliveries FROM deliveries GROUP BY rewarded, reason ORDER BY rewarded DESC;
SELECT side, amount, currency FROM referral_rewards ORDER BY side DESC;
:hide

\o /dev/null
SELECT pg_temp.must_hold('one of 50 deliveries was rewarded', count(*) FILTER (WHERE rewarded) = 1 AND count(*) = 50)
FROM deliveries;
SELECT pg_temp.must_hold('ten dollars for each side', count(*) = 2 AND sum(amount) = 20) FROM referral_rewards;
\o

\echo 'Ten friends may use the code. An eleventh is refused; and who came by one code of the program is'
\echo 'refused another.'
\echo
:show
SELECT ok, reason, count(*) AS friends
FROM generate_series(2, 11) AS n, referral_try_use_code(:'code_of_alice', md5(n::text)::uuid)
GROUP BY ok, reason
ORDER BY ok DESC;
SELECT ok, reason
FROM
    referral_code_for(:'carol', 'friends') AS carols,
    referral_try_use_code(carols.code, :'ben');
:hide

\o /dev/null
SELECT pg_temp.must_hold('the eleventh was refused', number_of_uses = 10)
FROM referral_get_code_by_string(:'code_of_alice');
\o

\echo 'Alice''s code is used up. When she asks for it she has another to give, and keeps whom the first has brought.'
\echo
:show
SELECT code <> :'code_of_alice' AS another, remaining_uses FROM referral_code_for(:'alice', 'friends');
SELECT total_uses, remaining_uses FROM referral_user_stats(:'alice', 'friends');
:hide

\o /dev/null
SELECT pg_temp.must_hold('the ten uses are hers', total_uses = 10 AND remaining_uses = 10)
FROM referral_user_stats(:'alice', 'friends');
\o

\echo 'Ben returns a part, then all of it. The rewards go with it; each step is a row of the ledger.'
\echo
:show
SELECT reversed.status
FROM referral_list_for_referrer(:'alice') AS sale, referral_reverse(sale.uuid, 'returned in part', 4.00) AS reversed;
SELECT * FROM referral_balance(:'ben');
SELECT reversed.status
FROM referral_list_for_referrer(:'alice') AS sale, referral_reverse(sale.uuid, 'returned') AS reversed;
SELECT * FROM referral_balance(:'ben');
:hide

\o /dev/null
SELECT pg_temp.must_hold('nothing is left', earned = 0 AND reversed = 10) FROM referral_balance(:'alice');
