-- Review: conversions approved, rejected and reversed; chains of approvals; balances; and a ledger that only
-- ever grows.
CREATE EXTENSION referrals;
SET client_min_messages = warning;
SELECT pg_catalog.count(*) > 0 AS made FROM referral_setup();
CREATE FUNCTION person(number integer) RETURNS uuid LANGUAGE sql IMMUTABLE AS
    $$SELECT pg_catalog.lpad(number::text, 32, '0')::uuid$$;
\set boss '''00000000-0000-0000-0000-0000000000bb'''

CREATE PROCEDURE new_program(key text, owner integer, attributes jsonb DEFAULT '{}') LANGUAGE plpgsql AS $$
BEGIN
    PERFORM referral_create_program(key, attributes || '{"first_purchase_only": false}');
    PERFORM referral_create_code(person(owner), key, beneficiary_uuid => person(owner));
    PERFORM referral_assign_program((referral_get_code_by_string(key)).uuid, key);
END
$$;
CALL new_program('trusted', 1, '{"referrer_reward": 10, "referee_reward": 5.5}');
CALL new_program('checked', 2, '{"referrer_reward": 10, "referee_reward": 5.5, "requires_approval": true}');
CREATE FUNCTION conversion(ref text) RETURNS uuid LANGUAGE sql AS 'SELECT uuid FROM referral_conversions WHERE source_ref = ref';
-- A new conversion of a status.
CREATE FUNCTION prepared(ref text, status text, program text DEFAULT 'checked') RETURNS uuid LANGUAGE plpgsql AS $$
BEGIN
    PERFORM referral_attribute_sale(program, person(9), ref, amount => 50);
    IF status = 'approved' THEN PERFORM referral_approve(conversion(ref), person(8)); END IF;
    IF status = 'rejected' THEN PERFORM referral_reject(conversion(ref), person(8)); END IF;
    IF status = 'reversed' THEN PERFORM referral_reverse(conversion(ref), 'refund'); END IF;
    RETURN conversion(ref);
END
$$;
CREATE VIEW ledger AS
SELECT v.source_ref, v.status, v.reason, r.side, r.amount, r.reason AS why, g.amount AS reverses, r.currency, r.available_at - g.available_at AS apart
  FROM referral_conversions AS v JOIN referral_rewards AS r ON r.conversion_uuid = v.uuid
       LEFT JOIN referral_rewards AS g ON g.uuid = r.reverses_uuid
 ORDER BY v.source_ref, r.created_at, r.side DESC;

-- Every transition, from every status: by RF012 refused, or allowed.
CREATE FUNCTION outcome(status text, action text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    ref text := status || ' ' || action;
    result record;
BEGIN
    PERFORM prepared(ref, status);
    SELECT * INTO result FROM caught(pg_catalog.format('SELECT %s', pg_catalog.format(action, pg_catalog.quote_literal(conversion(ref)))));
    IF result.code IS NOT NULL THEN RETURN result.code || ' ' || result.message || ' ' || coalesce(result.detail, ''); END IF;
    RETURN (SELECT pg_catalog.format('%s, %s, granted %s', v.status, v.reason, (SELECT coalesce(pg_catalog.sum(amount), 0) FROM referral_rewards WHERE conversion_uuid = v.uuid))
              FROM referral_conversions AS v WHERE source_ref = ref);
END
$$;
SELECT status, action, outcome(status, action)
  FROM pg_catalog.unnest(ARRAY['converted', 'approved', 'rejected', 'reversed']) WITH ORDINALITY AS s(status, s),
       pg_catalog.unnest(ARRAY['referral_approve(%s, person(8))', 'referral_reject(%s, person(8))', 'referral_reverse(%s, ''x'')', 'referral_reverse(%s, ''x'', 1)',
       'referral_require_approvals(%s, ''[{"id": "a", "approvers": ["00000000-0000-0000-0000-000000000008"], "quorum": 1}]'')', 'referral_decide(%s, person(8), true)']) WITH ORDINALITY AS a(action, a)
 ORDER BY s, a \gx

-- Approved: granted then, at the promise of the time of the sale; the row says by whom and why.
SELECT prepared('A-1', 'converted') IS NOT NULL AS made;
SELECT referrer_reward FROM referral_update_program('checked', '{"referrer_reward": 99, "hold_period": "1 day"}');
SELECT program, referee_uuid, source_ref, amount, status, rewarded, reason, referrer_reward, referee_reward, decided_at BETWEEN pg_catalog.now() AND pg_catalog.clock_timestamp() AS decided_at, decided_by, decision_reason
  FROM referral_approve(conversion('A-1'), :boss, 'looks good') \gx
SELECT side, amount, available_at > created_at + interval '23 hours' AS held FROM referral_rewards WHERE conversion_uuid = conversion('A-1') ORDER BY side DESC;
SELECT code, message, detail FROM caught($$SELECT referral_approve(conversion('A-1'), person(8))$$);
SELECT * FROM ledger WHERE source_ref = 'A-1';
SELECT referrer_reward FROM referral_update_program('checked', '{"referrer_reward": 10, "hold_period": "0"}');
-- A conversion that was rewarded at once is approved without a second grant; one that is not rewarded with none.
SELECT prepared('A-2', 'approved', 'trusted') IS NOT NULL AS made;
SELECT * FROM ledger WHERE source_ref = 'A-2';
SELECT reason FROM referral_attribute_sale('TRUSTED', person(9), 'A-3', amount => 1);
SELECT status, rewarded, reason FROM referral_approve(conversion('A-3'), :boss);
SELECT status, rewarded, reason FROM referral_reverse(conversion('A-3'), 'x');
SELECT * FROM ledger WHERE source_ref = 'A-3';
-- Rejected: what was granted without a review is taken back.
SELECT prepared('R-1', 'converted', 'trusted') IS NOT NULL AS made;
SELECT status, rewarded, reason, decided_by, decision_reason FROM referral_reject(conversion('R-1'), :boss, 'fraud');
SELECT * FROM ledger WHERE source_ref = 'R-1';
SELECT prepared('R-2', 'rejected') IS NOT NULL AS made;
SELECT * FROM ledger WHERE source_ref = 'R-2';

-- Reversed, whole and in parts: from each side what is left of its grant at most.
SELECT prepared('V-1', 'converted', 'trusted') IS NOT NULL AS made;
SELECT status FROM referral_reverse(conversion('V-1'), 'some', 0.0001);
SELECT status FROM referral_reverse(conversion('V-1'), 'more', 5);
SELECT * FROM ledger WHERE source_ref = 'V-1';
SELECT status, decided_by, decision_reason FROM referral_reverse(conversion('V-1'), 'more', 4);
SELECT * FROM ledger WHERE source_ref = 'V-1';
SELECT status, decided_by, decision_reason FROM referral_reverse(conversion('V-1'), 'rest');
SELECT * FROM ledger WHERE source_ref = 'V-1';
SELECT code, message FROM caught($$SELECT referral_reverse(conversion('V-1'), 'again', 1)$$);
-- A part that is all of it reverses the conversion; more than there was takes no more.
SELECT prepared('V-2', 'approved') IS NOT NULL AS made;
SELECT status, decision_reason FROM referral_reverse(conversion('V-2'), 'all', 9999999999999999);
SELECT * FROM ledger WHERE source_ref = 'V-2';
-- Some of it, then approved, then rejected no more; a part first, then rejected.
SELECT prepared('V-3', 'converted', 'trusted') IS NOT NULL AS made;
SELECT status FROM referral_reverse(conversion('V-3'), 'some', 1);
SELECT status FROM referral_approve(conversion('V-3'), :boss);
SELECT status FROM referral_reverse(conversion('V-3'), 'some', 1);
SELECT prepared('V-4', 'converted', 'trusted') IS NOT NULL AS made;
SELECT status FROM referral_reverse(conversion('V-4'), 'some', 1);
SELECT status FROM referral_reject(conversion('V-4'), :boss);
SELECT source_ref, status, side, pg_catalog.sum(amount) FROM ledger WHERE source_ref IN ('V-3', 'V-4') GROUP BY 1, 2, 3 ORDER BY 1, 3 DESC;
-- Nothing granted, nothing to take a part of.
SELECT prepared('V-5', 'converted') IS NOT NULL AS made;
SELECT code, message, hint FROM caught($$SELECT referral_reverse(conversion('V-5'), 'x', 1)$$);
SELECT status, rewarded, reason FROM referral_reverse(conversion('V-5'), 'cancelled');
SELECT * FROM ledger WHERE source_ref = 'V-5';

-- A chain: steps in their order, each with its approvers and quorum, which is one where nothing is said of it.
SELECT prepared('C-1', 'converted') IS NOT NULL AS made;
SELECT code, message FROM caught($$SELECT referral_decide(conversion('C-1'), person(1), true)$$);
SELECT status FROM referral_require_approvals(conversion('C-1'), pg_catalog.jsonb_build_array(
       pg_catalog.jsonb_build_object('id', 'old', 'approvers', pg_catalog.jsonb_build_array(person(1)))));
SELECT status FROM referral_require_approvals(conversion('C-1'), pg_catalog.jsonb_build_array(
       pg_catalog.jsonb_build_object('id', 'support', 'name', 'First line', 'approvers', pg_catalog.jsonb_build_array(person(1), person(5))),
       pg_catalog.jsonb_build_object('id', 'finance', 'approvers', pg_catalog.jsonb_build_array(person(5), person(3), person(4)), 'quorum', 2)));
SELECT approvals FROM referral_conversions WHERE source_ref = 'C-1';
-- It locks one person out, whatever they say.
SELECT code, message, hint FROM caught($$SELECT referral_approve(conversion('C-1'), person(1))$$);
SELECT code, message, hint FROM caught($$SELECT referral_reject(conversion('C-1'), person(8))$$);
SELECT code, message, detail, hint FROM caught($$SELECT referral_decide(conversion('C-1'), person(3), true)$$) \gx
SELECT code FROM caught($$SELECT referral_decide(conversion('C-1'), person(7), false)$$);
SELECT status, decided_by FROM referral_decide(conversion('C-1'), person(5), true, 'fine');
SELECT code, message FROM caught($$SELECT referral_require_approvals(conversion('C-1'), '[{"id": "x", "approvers": ["00000000-0000-0000-0000-000000000001"], "quorum": 1}]')$$);
SELECT code, message FROM caught($$SELECT referral_decide(conversion('C-1'), person(1), true)$$);
SELECT status FROM referral_decide(conversion('C-1'), person(5), true);
-- Who has decided in a step does not decide there again, neither the same nor otherwise.
SELECT code, message, hint FROM caught($$SELECT referral_decide(conversion('C-1'), person(5), true)$$);
SELECT code, message FROM caught($$SELECT referral_decide(conversion('C-1'), person(5), false)$$);
SELECT pg_catalog.count(*) AS granted FROM referral_rewards WHERE conversion_uuid = conversion('C-1');
SELECT status, rewarded, reason, decided_by, decision_reason FROM referral_decide(conversion('C-1'), person(4), true, 'paid');
SELECT * FROM ledger WHERE source_ref = 'C-1';
SELECT code, message FROM caught($$SELECT referral_decide(conversion('C-1'), person(3), true)$$);
SELECT step ->> 'id' AS step, d ->> 'approver' AS approver, d ->> 'approve' AS approve, d ->> 'reason' AS reason
  FROM referral_conversions AS v, pg_catalog.jsonb_array_elements(v.approvals) AS step, pg_catalog.jsonb_array_elements(step -> 'decisions') AS d
 WHERE source_ref = 'C-1';
SELECT action, by_uuid, step, amount, reason FROM referral_history(conversion('C-1'));
-- One rejection rejects, at any step; a plain reversal stays possible.
CREATE FUNCTION chained(ref text) RETURNS text LANGUAGE sql AS $$
    SELECT (referral_require_approvals(prepared(ref, 'converted'), pg_catalog.jsonb_build_array(
           pg_catalog.jsonb_build_object('id', 'one', 'approvers', pg_catalog.jsonb_build_array(person(1), person(5)), 'quorum', 2)))).status
$$;
SELECT chained('C-2'), chained('C-3'), chained('C-4');
SELECT status FROM referral_decide(conversion('C-2'), person(1), true);
SELECT status, rewarded, decided_by, decision_reason FROM referral_decide(conversion('C-2'), person(5), false, 'no');
SELECT action, by_uuid, step, reason FROM referral_history(conversion('C-2'));
SELECT code, message FROM caught($$SELECT referral_reject(conversion('C-3'), person(8))$$);
SELECT status, decided_by, decision_reason FROM referral_reverse(conversion('C-4'), 'cancelled');
SELECT pg_catalog.count(*) FROM ledger WHERE source_ref IN ('C-2', 'C-3', 'C-4');
-- Where rewards have been granted it is too late for one; not where nothing was to be granted.
SELECT prepared('C-5', 'converted', 'trusted') IS NOT NULL AS made;
SELECT code, message, hint FROM caught($$SELECT referral_require_approvals(conversion('C-5'), '[{"id": "x", "approvers": ["00000000-0000-0000-0000-000000000008"]}]')$$);
SELECT reason, rewarded FROM referral_attribute_sale('TRUSTED', person(9), 'C-7', amount => 1);
SELECT status FROM referral_require_approvals(conversion('C-7'), '[{"id": "x", "approvers": ["00000000-0000-0000-0000-000000000008"]}]');
SELECT status, reason, rewarded FROM referral_decide(conversion('C-7'), person(8), true);
-- Nobody decides on a conversion of which they are the referrer or the referee, alone or in a chain; whatever its status.
SELECT prepared('O-1', 'converted') IS NOT NULL AS made, prepared('O-2', 'approved') IS NOT NULL AS made;
SELECT call, code, message, detail, hint
  FROM pg_catalog.unnest(ARRAY['referral_approve(conversion(''O-1''), person(2))', 'referral_approve(conversion(''O-1''), person(9))',
       'referral_reject(conversion(''O-1''), person(2))', 'referral_reject(conversion(''O-1''), person(9))',
       'referral_decide(conversion(''O-1''), person(2), true)', 'referral_approve(conversion(''O-2''), person(9))']) AS call,
       caught('SELECT ' || call) \gx
SELECT status FROM referral_require_approvals(conversion('O-1'), '[{"id": "x", "approvers": ["00000000-0000-0000-0000-000000000002", "00000000-0000-0000-0000-000000000008"]}]');
SELECT code, message FROM caught($$SELECT referral_decide(conversion('O-1'), person(2), true)$$);
SELECT status FROM referral_decide(conversion('O-1'), person(8), true);
-- Chains of no use.
SELECT prepared('C-6', 'converted') IS NOT NULL AS made;
SELECT steps, code, message
  FROM pg_catalog.unnest(ARRAY['[]', '{}', '7', '[{}]', '[{"id": "", "approvers": ["00000000-0000-0000-0000-000000000001"], "quorum": 1}]',
       '[{"id": "x", "approvers": [], "quorum": 0}]', '[{"id": "x", "approvers": ["nobody"], "quorum": 1}]',
       '[{"id": "x", "approvers": ["00000000-0000-0000-0000-000000000001"], "quorum": 2}]', '[{"id": "x", "approvers": ["00000000-0000-0000-0000-000000000001"], "quorum": 0}]',
       '[{"id": "x", "approvers": ["00000000-0000-0000-0000-000000000001"], "quorum": -1}]', '[{"id": "x", "approvers": ["00000000-0000-0000-0000-000000000001"], "quorum": 1.5}]',
       '[{"id": "x", "approvers": ["00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000001"], "quorum": 1}]',
       '[{"id": "x", "approvers": ["00000000-0000-0000-0000-000000000001"], "quorum": 1}, {"id": "x", "approvers": ["00000000-0000-0000-0000-000000000001"], "quorum": 1}]',
       '[{"id": "x", "approvers": ["00000000-0000-0000-0000-000000000001"], "quorum": 1, "until": 7}]', '[{"id": "x", "name": 7, "approvers": ["00000000-0000-0000-0000-000000000001"]}]',
       '[{"id": "x", "approvers": ["00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000002"], "quorum": 2}]',
       '[{"id": "y", "approvers": ["00000000-0000-0000-0000-000000000001"]}, {"id": "x", "approvers": ["00000000-0000-0000-0000-000000000002", "00000000-0000-0000-0000-000000000009"]}]',
       '[{"id": "x", "approvers": ["00000000-0000-0000-0000-000000000001"], "quorum": 1, "decisions": [{"approver": "00000000-0000-0000-0000-000000000001", "approve": true, "reason": null, "decided_at": "now"}]}]']) AS steps,
       caught(pg_catalog.format('SELECT referral_require_approvals(conversion(%L), %L)', 'C-6', steps)) \gx
SELECT approvals IS NULL AS none FROM referral_conversions WHERE source_ref = 'C-6';

-- Bad input.
SELECT call, code, message
  FROM pg_catalog.unnest(ARRAY[
       'referral_approve(NULL, person(1))', 'referral_approve(conversion(''C-6''), NULL)', 'referral_approve(person(1), person(1))',
       'referral_reject(NULL, person(1))', 'referral_reject(conversion(''C-6''), NULL)', 'referral_reject(person(1), person(1))',
       'referral_reverse(NULL, ''x'')', 'referral_reverse(conversion(''C-6''), NULL)', 'referral_reverse(person(1), ''x'')',
       'referral_reverse(conversion(''V-3''), ''x'', 0)', 'referral_reverse(conversion(''V-3''), ''x'', -1)', 'referral_reverse(conversion(''V-3''), ''x'', 0.00001)', 'referral_reverse(conversion(''V-3''), ''x'', ''NaN'')',
       'referral_require_approvals(NULL, ''[]'')', 'referral_require_approvals(conversion(''C-6''), NULL)',
       'referral_decide(NULL, person(1), true)', 'referral_decide(conversion(''C-6''), NULL, true)', 'referral_decide(conversion(''C-6''), person(1), NULL)', 'referral_decide(person(1), person(1), true)']) AS call,
       caught('SELECT ' || call);

-- Balances: a row for each currency; what is taken back is nowhere; what is held becomes available.
CALL new_program('slow', 20, '{"hold_period": "1 second", "referrer_reward": 3}');
CALL new_program('slower', 20, '{"hold_period": "14 days", "referrer_reward": 4}');
CALL new_program('euro', 20, '{"currency": "EUR", "referrer_reward": 0.0001}');
SELECT * FROM referral_balance(person(20));
SELECT code, message FROM caught('SELECT referral_balance(NULL)');
-- In one message, and so at a moment before the grants.
DO $$ BEGIN
    PERFORM referral_attribute_sale('SLOW', person(21), 'B-1', amount => 50);
    PERFORM referral_attribute_sale('SLOWER', person(21), 'B-2', amount => 50);
    PERFORM referral_attribute_sale('EURO', person(21), 'B-3', amount => 50);
    PERFORM referral_attribute_sale('SLOWER', person(21), 'B-4', amount => 50);
END $$ \; SELECT * FROM referral_balance(person(20));
SELECT pg_catalog.pg_sleep(1);
SELECT * FROM referral_balance(person(20));
SELECT status FROM referral_reverse(conversion('B-4'), 'refund', 1.25);
SELECT * FROM referral_balance(person(20));
SELECT status FROM referral_reverse(conversion('B-3'), 'refund');
SELECT * FROM referral_balance(person(20));
SELECT * FROM referral_balance(person(21));
-- Reversed after it became available, and while it is held.
SELECT status FROM referral_reverse(conversion('B-1'), 'refund', 1);
SELECT status FROM referral_reverse(conversion('B-2'), 'refund');
SELECT * FROM referral_balance(person(20));
SELECT * FROM ledger WHERE source_ref LIKE 'B-%';

-- The ledger is changed by nobody, the superuser included, also where no row is met; replicas aside.
SELECT code, message, detail, hint FROM caught('UPDATE referral_rewards SET amount = 1') \gx
SELECT code FROM caught('DELETE FROM referral_rewards');
SELECT code FROM caught('DELETE FROM referral_rewards WHERE false');
SELECT code FROM caught('TRUNCATE referral_rewards');
SELECT code FROM caught('TRUNCATE referral_conversions CASCADE');
SELECT code FROM caught($$INSERT INTO referral_rewards SELECT * FROM referral_rewards ON CONFLICT (uuid) DO UPDATE SET amount = 1$$);
SELECT code, message FROM caught($$INSERT INTO referral_rewards SELECT pg_catalog.gen_random_uuid(), conversion_uuid, program, side, user_uuid, -0.0001, currency, created_at, available_at, uuid, NULL FROM referral_rewards WHERE reverses_uuid IS NULL LIMIT 1$$);
SELECT code FROM caught($$INSERT INTO referral_rewards SELECT * FROM referral_rewards WHERE false$$);
-- In a replica a second grant of a side, a negative grant or a positive reversal does not fit in.
SET session_replication_role = replica;
SELECT code, constraint_name FROM caught($$INSERT INTO referral_rewards SELECT pg_catalog.gen_random_uuid(), conversion_uuid, program, side, user_uuid, amount, currency, created_at, available_at, NULL, NULL FROM referral_rewards WHERE reverses_uuid IS NULL LIMIT 1$$);
SELECT code, constraint_name FROM caught($$INSERT INTO referral_rewards SELECT pg_catalog.gen_random_uuid(), conversion_uuid, program, side, user_uuid, -amount, currency, created_at, available_at, NULL, NULL FROM referral_rewards WHERE reverses_uuid IS NULL LIMIT 1$$);
SELECT code, constraint_name FROM caught($$INSERT INTO referral_rewards SELECT pg_catalog.gen_random_uuid(), conversion_uuid, program, side, user_uuid, -amount, currency, created_at, available_at, reverses_uuid, NULL FROM referral_rewards WHERE reverses_uuid IS NOT NULL LIMIT 1$$);
RESET session_replication_role;
BEGIN;
SET LOCAL session_replication_role = replica;
DELETE FROM referral_rewards WHERE amount < 0 AND conversion_uuid = conversion('V-1');
ROLLBACK;

-- Nor is the history of decisions.
SELECT code, message, detail, hint FROM caught('UPDATE referral_decisions SET reason = NULL') \gx
SELECT code FROM caught('DELETE FROM referral_decisions WHERE false');
SELECT code FROM caught('TRUNCATE referral_decisions');
SELECT code FROM caught($$INSERT INTO referral_decisions (uuid, conversion_uuid, at, action) SELECT pg_catalog.gen_random_uuid(), conversion('A-1'), pg_catalog.now(), 'approved'$$);
SET session_replication_role = replica;
SELECT code, constraint_name FROM caught($$INSERT INTO referral_decisions (uuid, conversion_uuid, at, action) SELECT pg_catalog.gen_random_uuid(), conversion('A-1'), pg_catalog.now(), 'forgotten'$$);
RESET session_replication_role;

-- What was done is told for good, in its order: who approved is not lost when it is reversed, in parts and whole.
SELECT action, by_uuid, step, amount, reason FROM referral_history(conversion('A-1'));
SELECT status, decided_by, decision_reason FROM referral_reverse(conversion('A-1'), 'some', 2.5);
SELECT status, decided_by, decision_reason, decided_at = (SELECT at FROM referral_history(conversion('A-1')) LIMIT 1) AS decided_at_approval
  FROM referral_reverse(conversion('A-1'), 'refund');
SELECT action, by_uuid, step, amount, reason, at > pg_catalog.lag(at) OVER () AS later FROM referral_history(conversion('A-1'));
SELECT action, by_uuid, amount, reason FROM referral_history(conversion('V-1'));
SELECT action, by_uuid, amount, reason FROM referral_history(conversion('V-2'));
SELECT action, by_uuid, amount, reason FROM referral_history(conversion('R-1'));
SELECT pg_catalog.count(*) FROM referral_history(person(1));
SELECT code, message FROM caught('SELECT referral_history(NULL)');
-- Undone with what it tells.
BEGIN;
SAVEPOINT s;
SELECT status FROM referral_reject(prepared('H-1', 'converted'), :boss);
ROLLBACK TO s;
SELECT pg_catalog.count(*) FROM referral_decisions AS d WHERE NOT EXISTS (SELECT FROM referral_conversions AS v WHERE v.uuid = d.conversion_uuid);
COMMIT;
-- Every conversion that is decided or reversed has a history, whose last decision is what its row says.
SELECT v.source_ref, v.status, h.action
  FROM referral_conversions AS v
       LEFT JOIN LATERAL (SELECT * FROM referral_history(v.uuid) AS h WHERE h.action IN ('approved', 'rejected', 'reversed') ORDER BY at DESC LIMIT 1) AS h ON true
       LEFT JOIN LATERAL (SELECT * FROM referral_history(v.uuid) AS h WHERE h.action IN ('approved', 'rejected') ORDER BY at DESC LIMIT 1) AS d ON true
 WHERE h.action IS DISTINCT FROM nullif(v.status, 'converted')
    OR (d.action IS NOT NULL AND (d.by_uuid, d.at) IS DISTINCT FROM (v.decided_by, v.decided_at));

-- Everywhere no more was taken back than granted, all of it where it is over, and grants are as promised.
SELECT v.source_ref, v.status
  FROM referral_conversions AS v, LATERAL (
       SELECT coalesce(pg_catalog.sum(amount) FILTER (WHERE reverses_uuid IS NULL), 0) AS granted, coalesce(pg_catalog.sum(amount), 0) AS remains
         FROM referral_rewards WHERE conversion_uuid = v.uuid) AS r
 WHERE r.remains < 0 OR (v.status IN ('rejected', 'reversed') AND r.remains <> 0)
    OR r.granted <> CASE WHEN v.granted_at IS NULL THEN 0 ELSE v.referrer_reward + v.referee_reward END;
