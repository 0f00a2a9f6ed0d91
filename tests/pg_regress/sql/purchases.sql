-- Purchases and refunds as webhooks tell them: late, doubled, out of order; and what a program gives for them.
CREATE EXTENSION referrals;
SET client_min_messages = warning;
SELECT pg_catalog.count(*) > 0 AS made FROM referral_setup();
CREATE FUNCTION person(number integer) RETURNS uuid LANGUAGE sql IMMUTABLE AS
    $$SELECT pg_catalog.lpad(number::text, 32, '0')::uuid$$;
-- A program, and in it a code of person 100's.
CREATE PROCEDURE new_program(key text, attributes jsonb DEFAULT '{}') LANGUAGE plpgsql AS $$
BEGIN
    PERFORM referral_create_program(key, attributes);
    PERFORM referral_create_code(person(100), key, beneficiary_uuid => person(100), max_uses => 90);
    PERFORM referral_assign_program((referral_get_code_by_string(key)).uuid, key);
END
$$;
CREATE PROCEDURE redeem(code text, number integer, ago interval DEFAULT '0') LANGUAGE plpgsql AS $$
DECLARE usage uuid = (referral_use_code(code, person(number))).usage_uuid;
BEGIN
    UPDATE phoenix_kit_referral_code_usage SET date_used = pg_catalog.clock_timestamp() - ago WHERE uuid = usage;
END
$$;
CREATE VIEW ledger AS
SELECT v.source_ref, v.status, v.reason, r.side, pg_catalog.trim_scale(r.amount) AS amount
  FROM referral_conversions AS v LEFT JOIN referral_rewards AS r ON r.conversion_uuid = v.uuid
 ORDER BY v.converted_at, v.uuid, r.created_at, r.side DESC;
CREATE FUNCTION buys(number integer, ref text, amount numeric, currency text DEFAULT NULL, ago interval DEFAULT NULL, first_purchase boolean DEFAULT NULL)
RETURNS text LANGUAGE sql AS $$
    SELECT pg_catalog.format('%s%s: %s, %s', p.reason, CASE WHEN p.repeated THEN ' (repeated)' END,
               coalesce(pg_catalog.trim_scale(p.referrer_reward)::text, '-'), coalesce(pg_catalog.trim_scale(p.referee_reward)::text, '-'))
      FROM referral_record_purchase(person(number), ref, amount, currency, occurred_at => pg_catalog.clock_timestamp() - ago, first_purchase => first_purchase) AS p
$$;
SELECT referral_set_max_codes_per_user(100);

-- A payment older than the referral earns nothing, however late and often its webhook comes.
CALL new_program('spring');
SELECT buys(1, 'carl-1', 100);
CALL redeem('spring', 1);
SELECT buys(1, 'carl-1', 100);
SELECT buys(2, 'cleo-1', 100, ago => '1 hour') FROM (SELECT referral_use_code('spring', person(2))) AS used;
-- A verdict is stored: the same reference with another amount, currency or buyer is no repeat.
SELECT pg_catalog.count(*) FROM referral_use_code('spring', person(3));
SELECT buys(3, 'eve-1', 5);
SELECT buys(3, 'eve-1', 5);
SELECT code, detail FROM caught($$SELECT buys(3, 'eve-1', 50)$$);
SELECT code, detail FROM caught($$SELECT buys(3, 'eve-1', 5, 'EUR')$$);
SELECT code, detail FROM caught($$SELECT buys(4, 'eve-1', 5)$$);
-- The first purchase is the first that reaches the minimum of all that were told, rewarded or not.
SELECT buys(3, 'eve-2', 50);
SELECT buys(3, 'eve-3', 50);
SELECT buys(4, 'old-1', 80, ago => '1 year'), buys(4, 'old-2', 8, ago => '1 month');
CALL redeem('spring', 4);
SELECT buys(4, 'old-3', 80);
-- The caller knows better; but no program rewards two first purchases.
CALL redeem('spring', 5);
CALL redeem('spring', 6);
SELECT buys(5, 'told-1', 80, first_purchase => false);
SELECT buys(6, 'told-2', 8), buys(6, 'told-3', 80, first_purchase => true), buys(6, 'told-4', 80, first_purchase => true);
-- An earlier purchase whose webhook comes late is not rewarded besides.
CALL redeem('spring', 7, '3 days');
SELECT buys(7, 'late-2', 80, ago => '1 day');
SELECT buys(7, 'late-1', 80, ago => '2 days');

-- A moment ahead of the clock is now; one that never was is none.
SELECT reason FROM referral_record_purchase(person(7), 'late-3', 80, occurred_at => 'infinity');
SELECT occurred_at <= pg_catalog.clock_timestamp() AS past FROM referral_purchases WHERE source_ref = 'late-3';
SELECT code, message FROM caught($$SELECT referral_record_purchase(person(7), 'late-4', 80, occurred_at => '-infinity')$$);

-- One reference is one sale, whichever function tells it and however its type is written.
CALL redeem('spring', 8);
SELECT buys(8, 'both', 40);
SELECT source_type, reason, amount FROM referral_attribute_sale('SPRING', person(8), 'both', ' Order ', 40);
SELECT reason, repeated FROM referral_record_purchase(person(8), 'both', 40, source_type => 'ORDER');
SELECT pg_catalog.count(*) FROM referral_conversions WHERE source_ref = 'both';
-- A sale whose amount comes later is judged then, as of its own time.
SELECT reason, rewarded, amount FROM referral_attribute_sale('SPRING', person(9), 'open');
SELECT reason, rewarded, amount FROM referral_attribute_sale('SPRING', person(9), 'open');
SELECT reason, rewarded, amount, currency, referrer_reward FROM referral_attribute_sale('SPRING', person(9), 'open', amount => 60);
SELECT reason, rewarded, amount FROM referral_attribute_sale('SPRING', person(9), 'open', amount => 60);
SELECT reason, rewarded FROM referral_attribute_sale('SPRING', person(10), 'open 2', amount => NULL);
SELECT buys(10, 'open 2', 60), buys(10, 'open 2', 60);
SELECT * FROM ledger WHERE source_ref LIKE 'open%';

-- One that was granted, or decided on, without its amount stays so, less what was refunded meanwhile.
CALL new_program('any', '{"min_purchase": 0, "first_purchase_only": false}');
SELECT reason, rewarded FROM referral_attribute_sale('ANY', person(50), 'a-1');
SELECT referrer_taken, status FROM referral_record_refund('a-1', 'r', 10);
SELECT reason, rewarded, amount FROM referral_attribute_sale('ANY', person(50), 'a-1', amount => 40);
SELECT * FROM ledger WHERE source_ref = 'a-1';
SELECT referrer_taken, status FROM referral_record_refund('a-1', 's');
CALL new_program('asked', '{"min_purchase": 0, "requires_approval": true}');
SELECT reason FROM referral_attribute_sale('ASKED', person(51), 'a-2');
SELECT (referral_approve(uuid, person(200))).reason FROM referral_conversions WHERE source_ref = 'a-2';
SELECT reason, rewarded, amount, referrer_reward FROM referral_attribute_sale('ASKED', person(51), 'a-2', amount => 40);
SELECT pg_catalog.count(*) FROM ledger WHERE source_ref = 'a-2';
-- A reversal by its name is made once; one that is a refund's is that refund.
SELECT (referral_reverse(uuid, 'fraud', 4, 'case 7')).status FROM referral_conversions WHERE source_ref = 'a-2';
SELECT (referral_reverse(uuid, 'fraud', 4, 'case 7')).status FROM referral_conversions WHERE source_ref = 'a-2';
SELECT (referral_reverse(uuid, 'fraud', NULL, 'case 8')).status FROM referral_conversions WHERE source_ref = 'a-2';
SELECT (referral_reverse(uuid, 'fraud', NULL, 'case 8')).status FROM referral_conversions WHERE source_ref = 'a-2';
SELECT * FROM ledger WHERE source_ref = 'a-2';
SELECT h.action, h.amount, h.reason FROM referral_conversions AS v, referral_history(v.uuid) AS h WHERE source_ref LIKE 'a-%' ORDER BY h.at;

-- Of the redemptions the earliest counts whose program ran and whose window was open; where none did, the earliest says why.
CALL new_program('ended', '{"one_code_per_referee": false}');
CALL new_program('brief', '{"attribution_window": "1 day"}');
CALL redeem('ended', 11, '10 days');
CALL redeem('brief', 11, '9 days');
CALL redeem('spring', 11, '8 days');
SELECT status FROM referral_update_program('ended', '{"status": "ended"}');
SELECT buys(11, 'run-1', 50);
SELECT program FROM referral_purchases WHERE source_ref = 'run-1';
SELECT status FROM referral_update_program('ended', '{"status": "active"}');
CALL redeem('ended', 12, '10 days');
CALL redeem('brief', 12, '9 days');
SELECT status FROM referral_update_program('ended', '{"status": "ended"}');
SELECT buys(12, 'run-2', 50);
-- Without a currency it is the program's.
CALL new_program('euro', '{"currency": "EUR"}');
CALL redeem('euro', 13);
SELECT buys(13, 'e1', 50);
SELECT currency FROM referral_purchases WHERE source_ref = 'e1';
SELECT buys(13, 'e1', 50, 'eur');
SELECT code FROM caught($$SELECT buys(13, 'e1', 50, 'usd')$$);

-- Percentages, added to the fixed part, rounded half to even, with a maximum.
CALL new_program('share', '{"first_purchase_only": false, "referrer_reward": 1, "referrer_percent": 12.5, "referee_reward": 0,
                            "referee_percent": 10, "max_referrer_reward": 20, "min_purchase": 0}');
CALL redeem('share', 20);
SELECT buys(20, 'p-1', 100), buys(20, 'p-2', 0.25), buys(20, 'p-3', 0.35), buys(20, 'p-4', 10000), buys(20, 'p-5', 0);
SELECT reason, rewarded FROM referral_attribute_sale('SHARE', person(21), 'p-6');
SELECT reason, rewarded, referrer_reward, referee_reward FROM referral_attribute_sale('SHARE', person(21), 'p-6', amount => 30);
-- Tiers: from so many of the referrer's on that were rewarded and stand.
CALL new_program('tiers', '{"first_purchase_only": false, "tiers": [{"from": 3, "referrer_reward": 15}, {"from": 4, "referrer_reward": 20, "referrer_percent": 1}]}');
CALL redeem('tiers', 22);
SELECT buys(22, 't-1', 100), buys(22, 't-2', 100), buys(22, 't-3', 100), buys(22, 't-4', 100);
SELECT (referral_reverse(uuid, 'gone')).status FROM referral_conversions WHERE source_ref IN ('t-1', 't-2') ORDER BY source_ref;
SELECT buys(22, 't-5', 100);
-- An owner's own terms go before the program's and its tiers.
SELECT * FROM referral_set_terms(person(100), 'tiers', '{"referrer_reward": "7.5", "max_referee_reward": 4}');
SELECT buys(22, 't-6', 100);
SELECT referral_clear_terms(person(100), 'tiers'), referral_clear_terms(person(100), 'tiers');
SELECT buys(22, 't-7', 100);
SELECT code, message FROM caught($$SELECT referral_set_terms(person(100), 'tiers', '{"hold_period": "1 day"}')$$);
SELECT code, message FROM caught($$SELECT referral_set_terms(person(100), 'tiers', '{"referrer_percent": 101}')$$);
SELECT code, message FROM caught($$SELECT referral_set_terms(person(100), 'nowhere', '{}')$$);
-- Limits of a buyer and of a referrer; a referrer's leaves the buyer's side.
CALL new_program('twice', '{"first_purchase_only": false, "max_rewards_per_referee": 2}');
CALL redeem('twice', 23);
SELECT buys(23, 'l-1', 50), buys(23, 'l-2', 50), buys(23, 'l-3', 50);
CALL new_program('capped', '{"max_rewards_per_referrer": 2, "limit_period": "30 days"}');
CALL redeem('capped', 24, '60 days'); CALL redeem('capped', 25, '60 days'); CALL redeem('capped', 26, '60 days'); CALL redeem('capped', 27, '60 days');
SELECT buys(24, 'c-1', 50, ago => '40 days'), buys(25, 'c-2', 50), buys(26, 'c-3', 50), buys(27, 'c-4', 50);
SELECT rewarded, reason, referrer_reward, referee_reward FROM referral_record_purchase(person(27), 'c-4', 50);
-- A budget holds exactly; what is taken back is there again.
CALL new_program('budget', '{"first_purchase_only": false, "reward_budget": 50}');
CALL redeem('budget', 28);
SELECT buys(28, 'b-1', 50), buys(28, 'b-2', 50), buys(28, 'b-3', 50);
SELECT rewards_granted FROM referral_get_program('budget');
SELECT referrer_taken, referee_taken, status FROM referral_record_refund('b-2', 'r', 25);
SELECT buys(28, 'b-4', 50);
SELECT rewards_granted FROM referral_get_program('budget');
SELECT code, message FROM caught($$SELECT referral_update_program('budget', '{"reward_budget": 49.9999}')$$);
SELECT rewards_granted FROM referral_update_program('budget', '{"reward_budget": null}');
SELECT buys(28, 'b-5', 50);
SELECT rewards_granted FROM referral_update_program('budget', '{"reward_budget": 100}');
-- What was granted in another currency is no part of a budget.
SELECT currency, rewards_granted FROM referral_update_program('budget', '{"currency": "EUR"}');
SELECT reversed.status FROM (SELECT uuid FROM referral_list_conversions('{"program": "budget"}') WHERE source_ref = 'b-1') AS one, referral_reverse(one.uuid, 'mistaken') AS reversed;
SELECT rewards_granted FROM referral_get_program('budget');
SELECT currency, rewards_granted FROM referral_update_program('budget', '{"currency": "USD"}');
-- Reviews by amount and by pace.
CALL new_program('watched', '{"first_purchase_only": false, "review_above": 500, "review_after_per_day": 2}');
CALL redeem('watched', 29);
SELECT buys(29, 'w-1', 500.01), buys(29, 'w-2', 500), buys(29, 'w-3', 20), buys(29, 'w-4', 20, ago => '0');
SELECT buys(29, 'w-2', 500);

-- Refunds: each side gives back its share, and all refunds of a purchase take back exactly all.
CALL new_program('shop', '{"first_purchase_only": false, "referrer_reward": 10, "referee_reward": 5}');
CALL redeem('shop', 30);
SELECT buys(30, 'r-1', 30);
SELECT referrer_taken, referee_taken, status, repeated FROM referral_record_refund('r-1', 'a', 10, reason => 'damaged');
SELECT referrer_taken, referee_taken, status, repeated FROM referral_record_refund('r-1', 'a', 10);
SELECT referrer_taken, referee_taken, status, repeated FROM referral_record_refund('r-1', 'b', 10, ' Order');
SELECT code, message FROM caught($$SELECT referral_record_refund('r-1', 'c', 10.01)$$);
SELECT code, detail FROM caught($$SELECT referral_record_refund('r-1', 'a', 11)$$);
SELECT referrer_taken, referee_taken, status, repeated FROM referral_record_refund('r-1', 'c');
SELECT referrer_taken, referee_taken, status, repeated FROM referral_record_refund('r-1', 'c');
SELECT code, message FROM caught($$SELECT referral_record_refund('r-1', 'd', 1)$$);
SELECT * FROM ledger WHERE source_ref = 'r-1';
-- Of a purchase that led to nothing, and before the purchase, which is judged less it.
SELECT * FROM referral_record_refund('carl-1', 'x');
SELECT * FROM referral_record_refund('r-2', 'a', 5);
SELECT * FROM referral_record_refund('r-2', 'a', 5);
SELECT buys(30, 'r-2', 14), buys(30, 'r-2', 14);
SELECT * FROM referral_record_refund('r-3', 'a', 20);
SELECT buys(30, 'r-3', 40);
SELECT referrer_taken, referee_taken, status FROM referral_record_refund('r-3', 'b', 10);
SELECT referrer_taken, referee_taken, status FROM referral_record_refund('r-3', 'c');
SELECT * FROM referral_record_refund('r-4', 'all');
SELECT buys(30, 'r-4', 40);
SELECT refunded, refunded_before, is_refunded FROM referral_purchases WHERE source_ref IN ('r-3', 'r-4') ORDER BY source_ref;
-- A refund while a review is pending: the approval grants less it.
CALL new_program('checked', '{"requires_approval": true}');
CALL redeem('checked', 31);
SELECT buys(31, 'v-1', 40);
SELECT referrer_taken, referee_taken, status FROM referral_record_refund('v-1', 'a', 10);
SELECT (referral_approve(uuid, person(200))).reason FROM referral_conversions WHERE source_ref = 'v-1';
SELECT * FROM ledger WHERE source_ref = 'v-1';
SELECT referrer_taken, referee_taken, status FROM referral_record_refund('v-1', 'b', 15);
SELECT referrer_taken, referee_taken, status FROM referral_record_refund('v-1', 'c');
SELECT pg_catalog.sum(amount) FROM ledger WHERE source_ref = 'v-1';
SELECT code, message FROM caught($$SELECT referral_record_refund('v-1', 'd', 0)$$);
SELECT code, message FROM caught($$SELECT referral_record_refund('v-1', NULL)$$);
SELECT code, message FROM caught($$SELECT referral_record_refund(NULL, 'd')$$);
SELECT code, message FROM caught($$SELECT referral_record_refund('v-1', ' ')$$);

-- Forgotten: a late repeat still finds its verdict.
SELECT referral_forget_user(person(30)) IS NOT NULL AS forgotten;
SELECT buys(30, 'r-1', 30);
-- Purchases that led to nothing are forgotten in time, but not that somebody has bought before.
SET session_replication_role = replica;
UPDATE referral_purchases SET told_at = told_at - interval '2 years';
RESET session_replication_role;
SELECT buys(40, 'q-1', 20), buys(40, 'q-2', 15), buys(40, 'q-3', 30), buys(40, 'q-4', 5);
SELECT referral_prune_purchases('1 year') > 0 AS pruned;
SELECT source_ref FROM referral_purchases WHERE conversion_uuid IS NULL AND source_ref ~ '^(old|q)' ORDER BY source_ref;
SELECT referral_prune_purchases('0');
SELECT source_ref FROM referral_purchases WHERE source_ref LIKE 'q%' ORDER BY source_ref;
SELECT code, message FROM caught($$SELECT referral_prune_purchases('-1 day')$$);
SELECT code, message FROM caught($$SELECT referral_prune_purchases(NULL)$$);
SELECT severity, subject, finding FROM referral_doctor() WHERE severity = 'error';
