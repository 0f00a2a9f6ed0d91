-- A referral program: ten dollars for both

\set ben be400000-0000-4000-8000-000000000000

\echo 'Ten dollars to both sides on a first purchase of ten dollars or more, ten uses a code: the defaults. The'
\echo 'referrer gets five percent of the purchase on top, and the whole program gives at most 500 dollars.'
\echo
:show
\pset expanded on
SELECT
    key,
    referrer_reward,
    referrer_percent,
    referee_reward,
    currency,
    min_purchase,
    max_uses_per_code,
    first_purchase_only,
    reward_budget
FROM referral_create_program('friends', '{"referrer_percent": 5, "reward_budget": 500}');
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
\echo 'forty, and the payment webhook is delivered in 50 connections at once.'
\echo
:show
SELECT rewarded, reason FROM referral_record_purchase(:'ben', 'payment-0', 5.00);
:hide
CREATE TABLE deliveries (rewarded boolean, reason text, repeated boolean);
\! sed 's/^/    /' clients/webhook.sql
\echo
\! pgbench --no-vacuum --client 50 --jobs 2 --transactions 1 --file clients/webhook.sql >"$SCRATCH_DIR/pgbench.log" 2>&1

\echo 'All heard the same. One was the first, and made the rewards; the others were repeats.'
\echo
:show
SELECT rewarded, reason, repeated, count(*) AS deliveries
FROM deliveries
GROUP BY rewarded, reason, repeated
ORDER BY repeated;
SELECT side, amount, currency FROM referral_rewards ORDER BY side DESC;
:hide

\o /dev/null
SELECT
    pg_temp.must_hold(
        'one of 50 deliveries was the first',
        count(*) FILTER (WHERE NOT repeated) = 1 AND bool_and(rewarded) AND count(*) = 50
    )
FROM deliveries;
SELECT pg_temp.must_hold('twelve dollars and ten', count(*) = 2 AND sum(amount) = 22) FROM referral_rewards;
\o

\echo 'A webhook comes late: the payment was made a month ago, before Ben had anything to do with Alice.'
\echo
:show
SELECT rewarded, reason, repeated
FROM referral_record_purchase(:'ben', 'payment-late', 90.00, occurred_at => now() - interval '1 month');
SELECT rewarded, reason, repeated
FROM referral_record_purchase(:'ben', 'payment-late', 90.00, occurred_at => now() - interval '1 month');
:hide

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

\echo 'Ben returns a quarter: each side gives back a quarter of its reward, once, however often the refund is told.'
\echo
:show
SELECT referrer_taken, referee_taken, status, repeated FROM referral_record_refund('payment-1', 'refund-1', 10.00);
SELECT referrer_taken, referee_taken, status, repeated FROM referral_record_refund('payment-1', 'refund-1', 10.00);
:hide

\echo 'Alice is paid what she has. Then Ben returns the rest: what she was paid for it she owes, and her next'
\echo 'rewards make up for it.'
\echo
:show
SELECT amount, status FROM referral_create_payout(:'alice', 'alice, may', 'USD');
SELECT amount, status FROM referral_settle_payout('alice, may', TRUE);
SELECT referrer_taken, referee_taken, status FROM referral_record_refund('payment-1', 'refund-2');
SELECT * FROM referral_balance(:'alice');
:hide

\o /dev/null
SELECT pg_temp.must_hold('she was paid nine dollars that are gone', earned = 0 AND available = -9 AND paid = 9)
FROM referral_balance(:'alice');
SELECT pg_temp.must_hold('the budget is whole again', rewards_granted = 0) FROM referral_get_program('friends');
\o
