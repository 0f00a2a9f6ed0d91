-- Fills the tables of tests/support/host, empty, for the question what lists and reports cost at :conversions
-- conversions. Makes the extension.
--
-- A tenth of the conversions are of one referrer, a hundredth of one buyer, a thousandth of the program rare; nine of ten
-- are converted, one in fifty waits for a review, one in ten thousand was over a budget. A hundred have a chain of
-- approvals that waits for one approver, all of them old. Each buyer has redeemed one code.

\set ON_ERROR_STOP on
SET client_min_messages = warning;
SET maintenance_work_mem = '256MB';

CREATE EXTENSION pg_prewarm;
CREATE EXTENSION referrals;
CREATE SCHEMA bench;

SELECT *
FROM public.referral_setup(guards => false)
\g /dev/null

SELECT key
FROM public.referral_create_program('rare')
\g /dev/null

SET session_replication_role = replica;

CREATE FUNCTION bench.id(kind text, number bigint)
RETURNS uuid
LANGUAGE sql
IMMUTABLE
RETURN ('00000000-0000-7000-' || kind || '-' || lpad(to_hex(number), 12, '0'))::uuid;

CREATE TABLE bench.conversions AS
SELECT
    number,
    bench.id('8005', number) AS uuid,
    CASE WHEN number % 1000 = 0 THEN 'rare' ELSE 'default' END AS program,
    CASE WHEN number % 10 = 1 THEN 1 ELSE 1 + number * 7919 % (:conversions / 10) END AS referrer,
    CASE WHEN number % 100 = 2 THEN 1 ELSE 1 + number * 104729 % (:conversions / 2) END AS referee,
    CASE number % 100
        WHEN 90 THEN 'rejected'
        WHEN 91 THEN 'reversed'
        WHEN 92 THEN 'approved'
        WHEN 93 THEN 'approved'
        ELSE 'converted'
    END AS status,
    CASE
        WHEN number % 10000 = 17 THEN 'budget_spent'
        WHEN number % 50 = 3 THEN 'pending_review'
        ELSE 'rewarded'
    END AS reason,
    timestamptz '2024-01-01 00:00:00+00' + number * interval '1 minute' AS at
FROM generate_series(1, :conversions::bigint) AS number;

INSERT INTO public.phoenix_kit_referral_codes
    (uuid, code, description, number_of_uses, max_uses, created_by_uuid, beneficiary_uuid)
SELECT
    bench.id('8001', number),
    'REF' || 100000 + number,
    'Code number ' || number,
    0,
    1000000000,
    bench.id('8004', number),
    bench.id('8004', number)
FROM generate_series(1, :conversions::bigint / 10) AS number;

INSERT INTO public.phoenix_kit_referral_code_usage (uuid, code_uuid, used_by_uuid, date_used)
SELECT
    bench.id('8002', referee),
    bench.id('8001', min(referrer)),
    bench.id('8003', referee),
    min(at) - interval '1 day'
FROM bench.conversions
GROUP BY referee;

INSERT INTO public.referral_conversions
    (uuid, program, code_uuid, code, referrer_uuid, owner_type, referee_uuid, source_type, source_ref, amount, currency,
    status, reason, referrer_reward, referee_reward, reward_currency, converted_at, granted_at, approvals)
SELECT
    uuid,
    program,
    bench.id('8001', referrer),
    'REF' || 100000 + referrer,
    bench.id('8004', referrer),
    'user',
    bench.id('8003', referee),
    'order',
    'O' || number,
    100,
    'USD',
    CASE reason WHEN 'pending_review' THEN 'converted' ELSE status END,
    reason,
    10,
    10,
    'USD',
    at,
    CASE reason WHEN 'rewarded' THEN at END,
    CASE
        WHEN reason = 'pending_review' AND number <= 5000 THEN
            jsonb_build_array(jsonb_build_object('id', 'one', 'approvers', jsonb_build_array(bench.id('8009', 1)), 'quorum', 1))
    END
FROM bench.conversions
ORDER BY number;

INSERT INTO public.referral_purchases
    (source_type, source_ref, referee_uuid, amount, currency, occurred_at, told_at, program, reason, conversion_uuid,
    referrer_uuid, referrer_reward, referee_reward)
SELECT
    source_type,
    source_ref,
    referee_uuid,
    amount,
    currency,
    converted_at,
    converted_at,
    program,
    reason,
    uuid,
    referrer_uuid,
    referrer_reward,
    referee_reward
FROM public.referral_conversions;

INSERT INTO public.referral_rewards
    (uuid, conversion_uuid, program, side, user_uuid, amount, currency, created_at, available_at)
SELECT
    bench.id(sides.kind, conversions.number),
    conversions.uuid,
    conversions.program,
    sides.side,
    bench.id(sides.user_kind, CASE sides.side WHEN 'referrer' THEN referrer ELSE referee END),
    10,
    'USD',
    conversions.at,
    conversions.at
FROM bench.conversions
CROSS JOIN (VALUES ('referrer', '8006', '8004'), ('referee', '8007', '8003')) AS sides (side, kind, user_kind)
WHERE conversions.reason = 'rewarded';

-- One in ten people was paid, in batches of a thousand; a hundredth of the payouts is under way.
INSERT INTO public.referral_payout_batches (batch_ref, currency, min_amount, max_rows, created_at)
SELECT
    'batch ' || number,
    'USD',
    1,
    1000,
    timestamptz '2025-01-01 00:00:00+00' + number * interval '1 day'
FROM generate_series(0, :conversions::bigint / 10 / 1000) AS number;

INSERT INTO public.referral_payouts
    (payout_uuid, user_uuid, payout_ref, batch_ref, currency, amount, status, created_at, settled_at)
SELECT
    bench.id('800a', number),
    bench.id('8004', number),
    'payout ' || number,
    'batch ' || number / 1000,
    'USD',
    1,
    statuses.status,
    timestamptz '2025-01-01 00:00:00+00' + number * interval '1 minute',
    CASE WHEN statuses.status <> 'pending' THEN timestamptz '2025-06-01 00:00:00+00' END
FROM generate_series(1, :conversions::bigint / 10) AS number
CROSS JOIN LATERAL (
    SELECT CASE WHEN number % 100 = 1 THEN 'pending' WHEN number % 1000 = 2 THEN 'failed' ELSE 'paid' END
) AS statuses (status);

RESET session_replication_role;
VACUUM (FREEZE, ANALYZE);

-- What the worst of seven calls in a session reads, the first aside, which reads the catalogs: plans for the values and
-- for any values are among them. And how long one takes, the median.
CREATE FUNCTION bench.cost(query text, OUT ms numeric, OUT pages bigint, OUT returned bigint)
LANGUAGE plpgsql
AS $$
DECLARE
    explained json;
    took numeric[];
BEGIN
    pages := 0;
    FOR round IN 1 .. 7 LOOP
        EXECUTE 'EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) ' || query INTO explained;
        took := took || (explained #>> '{0,Execution Time}')::numeric;
        pages := greatest(pages, CASE WHEN round > 1 THEN (explained #>> '{0,Plan,Shared Hit Blocks}')::bigint
            + (explained #>> '{0,Plan,Shared Read Blocks}')::bigint END);
        returned := (explained #>> '{0,Plan,Actual Rows}')::numeric;
    END LOOP;
    SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY value) INTO ms FROM unnest(took) AS value;
END
$$;
