-- What every spec finds in its database, which is made anew for each.
CREATE EXTENSION referrals;
SELECT * FROM referral_setup() \g /dev/null

CREATE FUNCTION person(number integer)
RETURNS uuid
LANGUAGE sql
IMMUTABLE
RETURN lpad(number::text, 32, '0')::uuid;

-- A code as a host may have stored it, whatever the rules of today: no trigger fires.
CREATE PROCEDURE new_code(code text, max_uses integer, expires timestamptz DEFAULT NULL, creator integer DEFAULT 100)
LANGUAGE sql
SET session_replication_role = replica
AS $$
    INSERT INTO phoenix_kit_referral_codes (code, description, max_uses, created_by_uuid, expiration_date)
    VALUES (code, 'raced for', max_uses, person(creator), expires);
$$;

-- The invariant of redemption: the counter tells the usages, within the cap, one for each user.
CREATE VIEW books AS
SELECT
    code,
    number_of_uses,
    counted AS usages,
    max_uses,
    number_of_uses = counted AND counted = users AND counted <= max_uses AS kept
FROM phoenix_kit_referral_codes AS c
CROSS JOIN LATERAL (
    SELECT count(*) AS counted, count(DISTINCT used_by_uuid) AS users
    FROM phoenix_kit_referral_code_usage
    WHERE code_uuid = c.uuid
) AS usages
ORDER BY code;

-- A use held for somebody, under an id that a spec can name: person(1000 + user). It expires in so long, or has.
CREATE PROCEDURE new_hold(held_code text, user_number integer, expires_in interval DEFAULT '1 hour')
LANGUAGE sql
SET session_replication_role = replica
AS $$
    INSERT INTO referral_holds (hold_uuid, code_uuid, user_uuid, created_at, expires_at, is_counted)
    SELECT person(1000 + user_number), uuid, person(user_number), now() - interval '1 hour', now() + expires_in, true
    FROM phoenix_kit_referral_codes
    WHERE code = held_code;
    UPDATE phoenix_kit_referral_codes SET number_of_uses = number_of_uses + 1 WHERE code = held_code;
$$;

-- The same, where uses are held: the counter tells those, too, and who has used a code holds no use of it.
CREATE VIEW hold_books AS
SELECT
    code,
    number_of_uses,
    usages,
    held,
    max_uses,
    number_of_uses = usages + held AND usages = users AND number_of_uses <= max_uses AND idle = 0 AS kept
FROM phoenix_kit_referral_codes AS c
CROSS JOIN LATERAL (
    SELECT count(*) AS usages, count(DISTINCT used_by_uuid) AS users
    FROM phoenix_kit_referral_code_usage
    WHERE code_uuid = c.uuid
) AS usages
CROSS JOIN LATERAL (
    SELECT
        count(*) FILTER (WHERE is_counted) AS held,
        count(*) FILTER (WHERE EXISTS (
            SELECT FROM phoenix_kit_referral_code_usage AS u
            WHERE u.code_uuid = h.code_uuid AND u.used_by_uuid = h.user_uuid)) AS idle
    FROM referral_holds AS h
    WHERE code_uuid = c.uuid
) AS holds
ORDER BY code;

-- A program, and codes in it: the beneficiary of the first is person(101), of the next 102.
CREATE PROCEDURE new_program(key text, codes text[], attributes jsonb DEFAULT '{}')
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM referral_create_program(key, attributes);
    FOR number IN 1 .. array_length(codes, 1) LOOP
        CALL new_code(codes[number], 10);
        UPDATE phoenix_kit_referral_codes SET beneficiary_uuid = person(100 + number) WHERE code = codes[number];
        PERFORM referral_assign_program(uuid, key) FROM phoenix_kit_referral_codes WHERE code = codes[number];
    END LOOP;
END
$$;

-- Everything goes but the program default.
CREATE PROCEDURE forget_programs()
LANGUAGE sql
SET session_replication_role = replica
AS $$
    DELETE FROM phoenix_kit_referral_code_usage;
    DELETE FROM phoenix_kit_referral_codes;
    DELETE FROM referral_holds;
    DELETE FROM referral_code_programs;
    DELETE FROM referral_referees;
    DELETE FROM referral_rewards;
    DELETE FROM referral_decisions;
    DELETE FROM referral_payouts;
    DELETE FROM referral_payout_batches;
    DELETE FROM referral_payees;
    DELETE FROM referral_conversions;
    DELETE FROM referral_purchases;
    DELETE FROM referral_refunds;
    DELETE FROM referral_terms;
    DELETE FROM referral_programs WHERE key <> 'default';
    DELETE FROM referral_stripes;
    DELETE FROM referral_program_stripes;
$$;

-- The invariant of programs: with a cap the counter tells the usages of all codes, within the cap; and no
-- user has redeemed two codes of a program that allows one.
CREATE VIEW program_books AS
SELECT
    key,
    number_of_uses,
    usages,
    max_uses_total,
    CASE WHEN max_uses_total IS NULL THEN number_of_uses = 0
         ELSE number_of_uses = usages AND usages <= max_uses_total END
    AND (usages = users OR NOT one_code_per_referee) AS kept
FROM referral_programs AS p
CROSS JOIN LATERAL (
    SELECT count(used_by_uuid) AS usages, count(DISTINCT used_by_uuid) AS users
    FROM phoenix_kit_referral_code_usage AS u
    JOIN phoenix_kit_referral_codes AS c ON c.uuid = u.code_uuid
    LEFT JOIN referral_code_programs AS m ON m.code_uuid = c.uuid
    WHERE coalesce(m.program, CASE WHEN c.beneficiary_uuid IS NOT NULL THEN 'default' END) = p.key
) AS counted
WHERE key <> 'default' OR usages > 0
ORDER BY key;

-- The same of programs with a cap, and of their codes, where stripes have leased uses.
CREATE VIEW striped_books AS
SELECT
    key,
    p.number_of_uses - leased AS uses,
    usages,
    max_uses_total,
    CASE WHEN max_uses_total IS NULL THEN p.number_of_uses = 0 AND leased = 0
         ELSE p.number_of_uses - leased = usages AND p.number_of_uses <= max_uses_total END
    AND usages = used AS kept
FROM referral_programs AS p
CROSS JOIN LATERAL (
    SELECT coalesce(sum(uses_left), 0) AS leased FROM referral_program_stripes WHERE program = p.key
) AS leases
CROSS JOIN LATERAL (
    SELECT
        coalesce(sum((SELECT count(*) FROM phoenix_kit_referral_code_usage WHERE code_uuid = c.uuid)), 0) AS usages,
        coalesce(sum(c.number_of_uses
            - coalesce((SELECT sum(uses_left) FROM referral_stripes WHERE code_uuid = c.uuid), 0)), 0) AS used
    FROM phoenix_kit_referral_codes AS c
    JOIN referral_code_programs AS m ON m.code_uuid = c.uuid
    WHERE m.program = p.key
) AS counted
WHERE key <> 'default';

-- The invariant of the ledger: a conversion has granted what it promised, once a side, exactly where it says
-- so, and has taken back no more; all of it where it is over.
CREATE VIEW ledger AS
SELECT
    source_ref,
    status,
    reason,
    trim_scale(granted) AS granted,
    trim_scale(reversed) AS reversed,
    sides = grants AND least_left >= 0
    AND granted = CASE WHEN granted_at IS NULL THEN 0 ELSE referrer_reward + referee_reward END
    AND (status IN ('converted', 'approved') OR granted = reversed) AS kept
FROM referral_conversions AS v
CROSS JOIN LATERAL (
    SELECT
        coalesce(sum(amount) FILTER (WHERE reverses_uuid IS NULL), 0) AS granted,
        coalesce(-sum(amount) FILTER (WHERE reverses_uuid IS NOT NULL), 0) AS reversed,
        count(*) FILTER (WHERE reverses_uuid IS NULL) AS grants,
        count(DISTINCT side) AS sides
    FROM referral_rewards
    WHERE conversion_uuid = v.uuid
) AS rows
CROSS JOIN LATERAL (
    SELECT coalesce(min(remaining), 0) AS least_left
    FROM (SELECT sum(amount) AS remaining FROM referral_rewards WHERE conversion_uuid = v.uuid GROUP BY side) AS side
) AS remains
ORDER BY source_ref;

-- What the history of each conversion tells, and its invariant: it is decided once at most, as its status says, each
-- approver speaks once in a step, and what is told later was done later.
CREATE VIEW histories AS
SELECT
    source_ref,
    status,
    (
        SELECT string_agg(concat_ws(' ', action, 'by ' || ltrim(right(by_uuid::text, 12), '0'), 'in ' || step), ', ')
        FROM referral_history(v.uuid)
    ) AS history,
    (
        SELECT
            count(*) FILTER (WHERE action IN ('approved', 'rejected')) <= 1
            AND count(*) FILTER (WHERE action = 'reversed') = (v.status = 'reversed')::integer
            AND (v.status NOT IN ('approved', 'rejected') OR bool_or(action = v.status))
            AND count(*) FILTER (WHERE step IS NOT NULL) = count(DISTINCT (by_uuid, step)) FILTER (WHERE step IS NOT NULL)
            AND coalesce(bool_and(later), true)
        FROM (SELECT h.*, at >= lag(at) OVER () AS later FROM referral_history(v.uuid) AS h) AS told
    ) AS kept
FROM referral_conversions AS v
ORDER BY source_ref;
-- A program of which each owner earns 10 a sale, and the buyer nothing: so many sales of so many owners, person(101)
-- first, then 102.
CREATE PROCEDURE new_earnings(owners integer, sales integer)
LANGUAGE plpgsql AS $$
DECLARE
    codes text[] = ARRAY(SELECT 'CODE' || number FROM generate_series(1, owners) AS number);
BEGIN
    CALL new_program('earning', codes, '{"first_purchase_only": false, "referee_reward": 0}');
    PERFORM referral_attribute_sale(code, person(1), code || ' ' || sale, amount => 50)
    FROM unnest(codes) AS code, generate_series(1, sales) AS sale;
END
$$;

-- The invariant of payouts: a balance is what the rows say, and nobody is paid what was never there.
CREATE VIEW payout_books AS
SELECT
    right(user_uuid::text, 3)::integer AS who,
    trim_scale(earned) AS earned,
    trim_scale(available) AS available,
    trim_scale(pending) AS pending,
    trim_scale(paid) AS paid,
    earned = granted - reversed AND earned = available + held + pending + paid
    AND pending + paid <= granted AND pending + paid = out AND (available >= 0 OR reversed > 0) AS kept
FROM (SELECT
          user_uuid,
          coalesce(sum(amount) FILTER (WHERE amount > 0), 0) AS granted,
          coalesce((SELECT sum(amount) FROM referral_payouts AS p WHERE p.user_uuid = r.user_uuid AND status <> 'failed'), 0) AS out
      FROM referral_rewards AS r GROUP BY user_uuid) AS rows,
     referral_balance(user_uuid)
ORDER BY user_uuid;
