-- The doctor explains each row of the ledger and each payout, or names it: rows as they are written where guards are off.
CREATE EXTENSION referrals;
SELECT pg_catalog.count(*) > 0 AS is_set_up FROM referral_setup();
SELECT key FROM referral_create_program('paid', '{"referrer_reward": 10, "referee_reward": 5, "first_purchase_only": false, "max_rewards_per_referee": null, "reward_budget": 1000}');
SELECT key FROM referral_create_program('reviewed', '{"requires_approval": true, "first_purchase_only": false, "reward_budget": 1000}');
\set alice '''00000000-0000-0000-0000-00000000000a'''
\set bob '''00000000-0000-0000-0000-00000000000b'''
\set eve '''00000000-0000-0000-0000-0000000000e1'''
CREATE VIEW found AS
SELECT severity,
       subject,
       pg_catalog.regexp_replace(finding, '[0-9a-f]{8}-[0-9a-f]{4}-[47][0-9a-f]{3}-[0-9a-f-]{17}', '…', 'g') AS finding,
       remedy
  FROM referral_doctor()
 WHERE severity <> 'info';

-- All that takes back: shares of refunds, before and after the purchase, parts by hand, the rest, a rejection, an
-- amount that comes after its refund. All of it is explained.
SELECT r.reason
  FROM referral_code_for(:alice, 'paid') AS c,
       pg_catalog.generate_series(1, 12) AS n,
       referral_attribute_sale(c.code, :bob, 'sale-' || n, amount => 30) AS r;
SELECT r.reason
  FROM referral_code_for(:alice, 'reviewed') AS c,
       pg_catalog.generate_series(1, 3) AS n,
       referral_attribute_sale(c.code, :bob, 'reviewed-' || n, amount => 30) AS r;
SELECT referrer_taken, referee_taken FROM referral_record_refund('sale-1', 're-1', 10);
SELECT referrer_taken, referee_taken FROM referral_record_refund('sale-1', 're-2', 10);
SELECT r.status
  FROM referral_conversion_of('sale-1') AS v, referral_reverse(v.uuid, 'some more', 2) AS r;
SELECT referrer_taken, referee_taken FROM referral_record_refund('sale-2', 're-1');
SELECT r.status
  FROM referral_conversion_of('sale-3') AS v, referral_reverse(v.uuid, 'all', reference => 're-1') AS r;
-- The webhook of the same refund is told what the reversal took.
SELECT status, referrer_taken, referee_taken, repeated FROM referral_record_refund('sale-3', 're-1', 30);
SELECT r.status
  FROM referral_conversion_of('sale-11') AS v, referral_reverse(v.uuid, 'a part', 7, 're-1') AS r;
SELECT status, referrer_taken, referee_taken, repeated FROM referral_record_refund('sale-11', 're-1');
SELECT r.status FROM referral_conversion_of('sale-4') AS v, referral_reject(v.uuid, :eve) AS r;
SELECT r.status FROM referral_conversion_of('reviewed-1') AS v, referral_approve(v.uuid, :eve) AS r;
SELECT referrer_taken FROM referral_record_refund('late-1', 're-1', 10);
SELECT r.reason, r.referrer_reward
  FROM referral_code_for(:alice, 'paid') AS c, referral_attribute_sale(c.code, :bob, 'late-1', amount => 30) AS r;
SELECT status, amount FROM referral_create_payout(:alice, 'payout-1', 'USD', 20);
SELECT status FROM referral_settle_payout('payout-1', true);
SELECT pg_catalog.count(*) FROM referral_create_payouts('USD', 'batch-1');
SELECT pg_catalog.count(*) FROM referral_record_refund('sale-5', 're-1');
SELECT * FROM found;

-- Somebody writes where the guards were off.
SET session_replication_role = replica;
-- A reversal of a grant, which nobody has decided on; one that exceeds its grant; one of another's grant.
CREATE FUNCTION forge(sale text, taken numeric, to_side text DEFAULT 'referrer')
RETURNS SETOF uuid LANGUAGE sql AS $$
INSERT INTO referral_rewards (uuid, conversion_uuid, program, side, user_uuid, amount, currency, created_at, available_at, reverses_uuid)
SELECT pg_catalog.gen_random_uuid(), g.conversion_uuid, g.program, to_side, g.user_uuid, -taken, g.currency, g.created_at, g.available_at, g.uuid
  FROM referral_rewards AS g
  JOIN referral_conversions AS v ON v.uuid = g.conversion_uuid
 WHERE v.source_ref = sale AND g.side = 'referrer' AND g.reverses_uuid IS NULL
RETURNING reverses_uuid
$$;
SELECT pg_catalog.count(*) FROM forge('sale-6', 3);
SELECT pg_catalog.count(*) FROM forge('sale-7', 40);
SELECT pg_catalog.count(*) FROM forge('sale-8', 1, 'referee');
-- More than the part of a refund, and a reversal that is gone.
SELECT pg_catalog.count(*) FROM forge('sale-1', 1);
DELETE FROM referral_rewards AS r
 USING referral_conversions AS v
 WHERE v.uuid = r.conversion_uuid AND v.source_ref = 'sale-2' AND r.side = 'referee' AND r.reverses_uuid IS NOT NULL;
-- A grant that no conversion knows, and one of a conversion that waits.
INSERT INTO referral_rewards (uuid, conversion_uuid, program, side, user_uuid, amount, currency, created_at, available_at)
VALUES (pg_catalog.gen_random_uuid(), pg_catalog.gen_random_uuid(), 'paid', 'referrer', :eve, 99, 'USD', pg_catalog.now(), pg_catalog.now());
INSERT INTO referral_rewards (uuid, conversion_uuid, program, side, user_uuid, amount, currency, created_at, available_at)
SELECT pg_catalog.gen_random_uuid(), v.uuid, v.program, 'referrer', v.referrer_uuid, 10, 'USD', pg_catalog.now(), pg_catalog.now()
  FROM referral_conversions AS v WHERE v.source_ref = 'reviewed-2';
-- More than it was judged to earn, in the ledger and the conversion; one that was never told; a review that never was.
UPDATE referral_conversions SET referrer_reward = 90 WHERE source_ref = 'sale-9';
UPDATE referral_rewards AS r SET amount = 90 FROM referral_conversions AS v
 WHERE v.uuid = r.conversion_uuid AND v.source_ref = 'sale-9' AND r.side = 'referrer';
DELETE FROM referral_purchases WHERE source_ref = 'sale-10';
UPDATE referral_conversions SET granted_at = pg_catalog.now() WHERE source_ref = 'reviewed-3';
INSERT INTO referral_rewards (uuid, conversion_uuid, program, side, user_uuid, amount, currency, created_at, available_at)
SELECT pg_catalog.gen_random_uuid(), v.uuid, v.program, s, CASE s WHEN 'referrer' THEN v.referrer_uuid ELSE v.referee_uuid END, 10, 'USD', pg_catalog.now(), pg_catalog.now()
  FROM referral_conversions AS v, pg_catalog.unnest(ARRAY['referrer', 'referee']) AS s WHERE v.source_ref = 'reviewed-3';
-- A payout of nothing, one that was made larger, one that is not of its batch, and a batch that nobody has asked for.
INSERT INTO referral_payouts (payout_uuid, user_uuid, payout_ref, currency, amount, status, created_at)
VALUES (pg_catalog.gen_random_uuid(), :eve, 'forged', 'EUR', 7, 'pending', pg_catalog.now());
UPDATE referral_payouts SET amount = 999 WHERE payout_ref = 'payout-1';
INSERT INTO referral_payouts (payout_uuid, user_uuid, payout_ref, batch_ref, currency, amount, status, created_at, settled_at)
VALUES (pg_catalog.gen_random_uuid(), :eve, 'batch-1:' || :eve, 'batch-1', 'USD', 5, 'failed', pg_catalog.now(), pg_catalog.now()),
       (pg_catalog.gen_random_uuid(), :eve, 'batch-2:' || :eve, 'batch-2', 'USD', 5, 'failed', pg_catalog.now(), pg_catalog.now());
-- A code that is gone, and what the application knew of it.
INSERT INTO referral_code_metadata (code_uuid, metadata) VALUES (:eve, '{"campaign": "spring"}');
RESET session_replication_role;
SELECT * FROM found \gx

-- What can be mended by a statement is, by each remedy as it stands.
SELECT remedy FROM found WHERE subject ~ 'metadata' OR finding ~ 'no conversion knows' \gexec
SELECT subject, finding FROM found WHERE subject ~ 'metadata' OR finding ~ 'no conversion knows';
SELECT status FROM referral_settle_payout('forged', false);
SELECT key FROM referral_update_program('paid', '{"reward_budget": null}');
SELECT key FROM referral_update_program('paid', '{"reward_budget": 1000}');
SELECT finding FROM found WHERE subject ~ 'payouts$|programs';

-- What was granted without being earned is taken back.
SELECT v.source_ref, r.status
  FROM referral_conversions AS v, referral_reverse(v.uuid, 'forged') AS r
 WHERE v.source_ref IN ('sale-9', 'sale-10', 'reviewed-2', 'reviewed-3')
 ORDER BY v.source_ref;
SELECT finding FROM found WHERE finding ~ 'judged to earn|otherwise than';

-- Nothing is examined that the caller may not read.
CREATE ROLE stranger;
GRANT USAGE ON SCHEMA public TO stranger;
GRANT SELECT ON phoenix_kit_referral_codes, phoenix_kit_referral_code_usage, phoenix_kit_settings, referral_rewards TO stranger;
SET ROLE stranger;
SELECT pg_catalog.count(*) FROM referral_doctor() WHERE finding ~ 'ledger|payout|conversion' AND finding !~ 'trigger';
RESET ROLE;
DROP OWNED BY stranger;
DROP ROLE stranger;
