-- Makes the fixture host one that is told of purchases: half of those that are known have been rewarded. Functions
-- record the purchases first … last of bench.buyers, each its own way.

\set ON_ERROR_STOP on
SET client_min_messages = warning;

UPDATE public.phoenix_kit_referral_codes
SET beneficiary_uuid = md5('owner of ' || code)::uuid;

CREATE OR REPLACE VIEW bench.done AS
SELECT count(*) AS done
FROM public.referral_purchases;

-- Of the users who have redeemed, and of as many who have not. Plans are made for a table that is known to have rows.
CREATE TABLE bench.history AS
SELECT
    uuid,
    row_number() OVER () AS number
FROM (
    SELECT used_by_uuid AS uuid
    FROM public.phoenix_kit_referral_code_usage
    UNION
    SELECT md5('stranger ' || used_by_uuid)::uuid
    FROM public.phoenix_kit_referral_code_usage
) AS users;

SELECT count(recorded.reason)
FROM bench.history
CROSS JOIN LATERAL public.referral_record_purchase(uuid, 'order ' || md5(uuid::text), 100) AS recorded
WHERE number <= 1000
\g /dev/null

ANALYZE;

SELECT count(recorded.reason)
FROM bench.history
CROSS JOIN LATERAL public.referral_record_purchase(uuid, 'order ' || md5(uuid::text), 100) AS recorded
WHERE number > 1000
\g /dev/null

-- Those who buy have redeemed a code each, and the strangers none. A code that was put into no program leaves the row
-- that is the referee's lock to the purchase.
CREATE TABLE bench.buyers AS
SELECT
    number,
    code,
    code_uuid,
    md5('owner of ' || code)::uuid AS referrer_uuid,
    md5('buyer ' || number)::uuid AS user_uuid,
    md5('no buyer ' || number)::uuid AS stranger_uuid,
    'order ' || md5('order ' || number) AS source_ref
FROM bench.calls
WHERE number <= :calls;

ALTER TABLE bench.buyers
    ADD PRIMARY KEY (number);

SELECT count(used.usage_uuid)
FROM bench.buyers
CROSS JOIN LATERAL public.referral_use_code(buyers.code, buyers.user_uuid) AS used
\g /dev/null

-- As host.sql does for redemptions: rivals write to the ledger themselves.
ALTER TABLE public.referral_rewards
    DISABLE TRIGGER USER;

VACUUM (FREEZE, ANALYZE);

-- The one write of a purchase of somebody whom nobody has referred.
CREATE FUNCTION bench.inside_told(first bigint, last bigint)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
    call record;
BEGIN
    FOR call IN SELECT * FROM bench.buyers WHERE number BETWEEN first AND last LOOP
        INSERT INTO public.referral_purchases
            (source_type, source_ref, referee_uuid, amount, occurred_at, told_at, reason)
        VALUES ('order', call.source_ref, call.stranger_uuid, 100, now(), now(), 'not_referred');
    END LOOP;
END
$$;

CREATE FUNCTION bench.inside_unreferred(first bigint, last bigint)
RETURNS bigint
LANGUAGE sql
AS $$
    SELECT count(recorded.reason)
    FROM bench.buyers
    CROSS JOIN LATERAL public.referral_record_purchase(buyers.stranger_uuid, buyers.source_ref, 100) AS recorded
    WHERE buyers.number BETWEEN first AND last
$$;

-- The five writes of a first purchase that is rewarded, with values that are there already.
CREATE FUNCTION bench.inside_writes(first bigint, last bigint)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
    call record;
    conversion_uuid uuid;
BEGIN
    FOR call IN SELECT * FROM bench.buyers WHERE number BETWEEN first AND last LOOP
        conversion_uuid := gen_random_uuid();

        INSERT INTO public.referral_referees (referee_uuid, program, last_seen_at)
        VALUES (call.user_uuid, 'default', now());

        INSERT INTO public.referral_purchases
            (source_type, source_ref, referee_uuid, amount, currency, occurred_at, told_at, program, reason,
            conversion_uuid, referrer_uuid, referrer_reward, referee_reward)
        VALUES ('order', call.source_ref, call.user_uuid, 100, 'USD', now(), now(), 'default', 'rewarded',
            conversion_uuid, call.referrer_uuid, 10, 10);

        INSERT INTO public.referral_conversions
            (uuid, program, code_uuid, code, referrer_uuid, owner_type, referee_uuid, source_type, source_ref, amount,
            currency, status, reason, referrer_reward, referee_reward, reward_currency, converted_at, granted_at,
            hold_period, reward_scale)
        VALUES (conversion_uuid, 'default', call.code_uuid, call.code, call.referrer_uuid, 'user', call.user_uuid,
            'order', call.source_ref, 100, 'USD', 'converted', 'rewarded', 10, 10, 'USD', now(), now(), '0', 2);

        INSERT INTO public.referral_rewards
            (uuid, conversion_uuid, program, side, user_uuid, amount, currency, created_at, available_at)
        VALUES (gen_random_uuid(), conversion_uuid, 'default', 'referrer', call.referrer_uuid, 10, 'USD', now(), now());

        INSERT INTO public.referral_rewards
            (uuid, conversion_uuid, program, side, user_uuid, amount, currency, created_at, available_at)
        VALUES (gen_random_uuid(), conversion_uuid, 'default', 'referee', call.user_uuid, 10, 'USD', now(), now());
    END LOOP;
END
$$;

CREATE FUNCTION bench.inside_rewarded(first bigint, last bigint)
RETURNS bigint
LANGUAGE sql
AS $$
    SELECT count(recorded.reason)
    FROM bench.buyers
    CROSS JOIN LATERAL public.referral_record_purchase(buyers.user_uuid, buyers.source_ref, 100) AS recorded
    WHERE buyers.number BETWEEN first AND last
      AND recorded.rewarded
$$;
