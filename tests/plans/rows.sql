-- Some 50,000 rows, unevenly spread: one code with 20,000 uses, one person with 5,000, one who has brought 20,000, one
-- program with most of the codes that are in any. No table is analyzed.
SET session_replication_role = replica;
SET client_min_messages = warning;

DO $$
DECLARE name text;
BEGIN
    FOR name IN SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' LOOP
        EXECUTE format('ALTER TABLE %I SET (autovacuum_enabled = false)', name);
    END LOOP;
END $$;

CREATE FUNCTION id(what text) RETURNS uuid LANGUAGE sql IMMUTABLE RETURN md5(what)::uuid;

SELECT FROM referral_create_program('spring');
SELECT referral_create_program('program' || n) FROM generate_series(1, 40) AS n;
SELECT FROM referral_update_program('program2', '{"max_uses_total": 100000}');
SELECT FROM referral_update_program('program3', '{"requires_approval": true}');
SELECT FROM referral_update_program('program4',
    '{"first_purchase_only": false, "max_rewards_per_referee": 3, "max_rewards_per_referrer": 3,
      "limit_period": "1 day", "review_after_per_day": 100, "reward_budget": 100000}');

INSERT INTO phoenix_kit_referral_codes
    (uuid, code, description, number_of_uses, max_uses, created_by_uuid, beneficiary_uuid, date_created)
SELECT id('code' || n), 'CODE' || n, 'x', 0, 1000000,
       id('owner' || CASE WHEN n % 10 = 0 THEN 1 ELSE n / 4 END),
       CASE WHEN n % 2 = 0 OR n < 10 THEN id('owner' || CASE WHEN n % 10 = 0 OR n = 1 THEN 1 ELSE n / 4 END) END,
       now() - n * interval '1 minute'
FROM generate_series(1, 20000) AS n;

INSERT INTO referral_code_programs (code_uuid, program, owner_uuid, owner_type, generation)
SELECT id('code' || n), CASE WHEN n % 10 = 0 THEN 'program' || 1 + n / 10 % 40 ELSE 'spring' END,
       CASE WHEN n % 2 = 0 AND n % 10 > 0 THEN id('owner' || n / 4) END, 'user', n
FROM generate_series(2, 5001) AS n;

INSERT INTO phoenix_kit_referral_code_usage (uuid, code_uuid, used_by_uuid, date_used)
SELECT id('usage' || n),
       id('code' || CASE WHEN n <= 20000 THEN 1 WHEN n <= 25000 THEN n - 20000 + 10 ELSE n % 20000 + 1 END),
       id('user' || CASE WHEN n <= 20000 THEN n WHEN n <= 25000 THEN 0 ELSE 20000 + n % 15000 END),
       now() - n * interval '1 minute'
FROM generate_series(1, 50000) AS n;

UPDATE phoenix_kit_referral_codes AS c
SET number_of_uses = u.uses
FROM (SELECT code_uuid, count(*) AS uses FROM phoenix_kit_referral_code_usage GROUP BY code_uuid) AS u
WHERE u.code_uuid = c.uuid;

INSERT INTO referral_referees SELECT id('user' || n), 'spring', now() FROM generate_series(0, 5000) AS n;
INSERT INTO referral_code_creators SELECT id('owner' || n), now() FROM generate_series(1, 5000) AS n;
INSERT INTO referral_terms (owner_uuid, program, owner_type, referrer_reward, updated_at)
SELECT id('owner' || n), 'program5', 'user', 3, now() FROM generate_series(1, 5000) AS n;
INSERT INTO referral_code_metadata
SELECT id('code' || n), jsonb_build_object('campaign', n % 4000) FROM generate_series(1, 10000) AS n;

INSERT INTO referral_conversions
    (uuid, program, code_uuid, code, referrer_uuid, owner_type, referee_uuid, source_type, source_ref, amount, currency,
     status, reason, referrer_reward, referee_reward, reward_currency, converted_at, granted_at, decided_by, approvals)
SELECT id('conversion' || n), CASE WHEN n % 3 = 0 THEN 'spring' WHEN n % 3 = 1 THEN 'default' ELSE 'program' || n % 40 + 1 END,
       id('code' || CASE WHEN n % 2 = 0 THEN 1 ELSE n END), 'CODE' || n, id('owner' || CASE WHEN n % 2 = 0 THEN 1 ELSE n / 4 END),
       'user', id('user' || n), 'order', 'o' || n, 100, 'USD',
       CASE WHEN n % 50 = 0 THEN 'approved' ELSE 'converted' END,
       CASE WHEN n % 100 = 1 THEN 'pending_review' ELSE 'rewarded' END,
       10, 10, 'USD', now() - n * interval '1 minute', CASE WHEN n % 100 <> 1 THEN now() - n * interval '1 minute' END,
       CASE WHEN n % 50 = 0 THEN id('judge' || n % 7) END,
       CASE WHEN n % 100 = 1 AND n % 200 = 1 THEN jsonb_build_array(jsonb_build_object(
           'id', 'x', 'approvers', jsonb_build_array(id('judge' || n % 7), id('judge' || n)), 'quorum', 1, 'decisions', '[]'::jsonb)) END
FROM generate_series(1, 10000) AS n;

INSERT INTO referral_purchases
    (source_type, source_ref, referee_uuid, amount, currency, occurred_at, told_at, program, reason, conversion_uuid,
     referrer_uuid, referrer_reward, referee_reward)
SELECT 'order', 'o' || n, id('user' || n), 100, 'USD', now() - n * interval '1 minute', now(), 'spring', 'rewarded',
       id('conversion' || n), id('owner' || CASE WHEN n % 2 = 0 THEN 1 ELSE n / 4 END), 10, 10
FROM generate_series(1, 10000) AS n;
INSERT INTO referral_refunds
    (source_type, source_ref, refund_ref, amount, told_at, conversion_uuid, status, referrer_taken, referee_taken)
SELECT 'order', 'o' || n, 'r' || n, 1, now(), id('conversion' || n), 'converted', 0, 0
FROM generate_series(5001, 10000) AS n;

INSERT INTO referral_decisions (uuid, conversion_uuid, at, action, by_uuid)
SELECT id('decision' || n), id('conversion' || n), now(), 'approved', id('judge' || n % 7)
FROM generate_series(50, 10000, 50) AS n;
INSERT INTO referral_decisions (uuid, conversion_uuid, at, action)
SELECT id('refund' || n), id('conversion' || n), now(), 'refunded' FROM generate_series(1, 10000) AS n;

INSERT INTO referral_rewards
    (uuid, conversion_uuid, program, side, user_uuid, amount, currency, created_at, available_at)
SELECT id(side || n), uuid, program, side, CASE side WHEN 'referrer' THEN referrer_uuid ELSE referee_uuid END, 10, 'USD',
       granted_at, granted_at
FROM generate_series(1, 10000) AS n
JOIN referral_conversions ON uuid = id('conversion' || n) AND granted_at IS NOT NULL
CROSS JOIN unnest(ARRAY['referrer', 'referee']) AS side;

INSERT INTO referral_payees SELECT id('owner' || n), 'USD', now() FROM generate_series(1, 5000) AS n;
INSERT INTO referral_payouts (payout_uuid, payout_ref, user_uuid, currency, amount, status, created_at, settled_at)
SELECT id('payout' || n), 'p' || n, id('owner' || n), 'USD', 1, CASE WHEN n % 100 = 0 THEN 'pending' ELSE 'paid' END, now(),
       CASE WHEN n % 100 <> 0 THEN now() END
FROM generate_series(1, 5000) AS n;

INSERT INTO referral_holds
SELECT id('hold' || n), id('code' || n), id('user' || n), now() - interval '1 hour', now() - n * interval '1 second', false
FROM generate_series(1, 5000) AS n;

INSERT INTO referral_check_attempts
SELECT date_trunc('minute', now()), 'client' || n, 1 FROM generate_series(1, 5000) AS n;

INSERT INTO phoenix_kit_settings (key, value, module) VALUES ('referral_events_enabled', 'true', 'referral_codes')
ON CONFLICT (key) DO UPDATE SET value = 'true';
INSERT INTO referral_events (type, payload, created_at)
SELECT 'code.used', jsonb_build_object('used_by_uuid', id('user' || n)), now() - (20000 - n) * interval '1 minute'
FROM generate_series(1, 20000) AS n;
RESET session_replication_role;
DO $$ BEGIN
    FOR round IN 1 .. 10 LOOP
        PERFORM referral_poll_events('mails', 1);
        PERFORM referral_poll_events('books', 1);
    END LOOP;
END $$;
