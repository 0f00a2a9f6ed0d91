-- A reviewer has the last word

\set shop 5409b000-0000-4000-8000-000000000000
\set sales 5a1e5000-0000-4000-8000-000000000000
\set finance f19a9ce0-0000-4000-8000-000000000000

\echo 'In this program nothing is paid before it is approved. A sale that carries a code takes no use of it.'
\echo
:show
SELECT key, requires_approval, hold_period, referrer_reward, referee_reward
FROM referral_create_program(
    'partners',
    '{"requires_approval": true, "hold_period": "14 days", "referrer_reward": 50, "referee_reward": 0}'
);
SELECT sale.status, sale.rewarded, sale.reason
FROM
    referral_code_for(:'carol', 'partners', 'company') AS carols,
    referral_attribute_sale(carols.code, :'shop', 'invoice-1', 'invoice', 900.00) AS sale;
:hide

SELECT uuid AS sale FROM referral_list_for_referrer(:'carol') \gset
\echo 'Two have to agree, one after the other.'
\echo
:show
SELECT status
FROM referral_require_approvals(
    :'sale',
    jsonb_build_array(
        jsonb_build_object('id', 'sales', 'approvers', jsonb_build_array(:'sales'), 'quorum', 1),
        jsonb_build_object('id', 'finance', 'approvers', jsonb_build_array(:'finance'), 'quorum', 1)
    )
);
SELECT status, rewarded FROM referral_decide(:'sale', :'sales', true, 'a real customer');
SELECT status, rewarded FROM referral_decide(:'sale', :'finance', true, 'paid');
SELECT * FROM referral_balance(:'carol');
:hide

\o /dev/null
SELECT pg_temp.must_hold('fifty dollars are held', held = 50 AND available = 0) FROM referral_balance(:'carol');
