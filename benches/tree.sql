-- Fills the tables with a forest of referrals, and defines the rivals that walk it. Expects the extension and its
-- tables, empty, and the number of users as :users.
--
-- Every user has one code. Each hundredth came by themselves, the others by the code of somebody before them, the
-- likelier the earlier: a few have referred thousands, most nobody.

\set ON_ERROR_STOP on
SET client_min_messages = warning;
SET session_replication_role = replica;
SELECT setseed(0.5) \g /dev/null

CREATE EXTENSION pg_prewarm;
CREATE SCHEMA bench;

CREATE TABLE bench.users AS
SELECT
    n,
    md5(n::text)::uuid AS uuid,
    md5('code' || n)::uuid AS code_uuid,
    CASE WHEN n % 100 <> 1 THEN 1 + floor(random() ^ 2 * (n - 1))::integer END AS referrer
FROM generate_series(1, :users) AS n;

INSERT INTO public.phoenix_kit_referral_codes
    (uuid, code, description, number_of_uses, max_uses, created_by_uuid, beneficiary_uuid, date_created)
SELECT code_uuid, 'U' || n, 'of a user', 0, 1000000, uuid, uuid, timestamptz '2024-01-01' + interval '1 minute' * n
FROM bench.users;

INSERT INTO public.phoenix_kit_referral_code_usage (code_uuid, used_by_uuid, date_used)
SELECT referrer.code_uuid, users.uuid, timestamptz '2024-01-01' + interval '1 minute' * users.n
FROM bench.users
JOIN bench.users AS referrer ON referrer.n = users.referrer;

-- Whose trees and uplines are asked for: that of whoever has referred most, of two hundred of those who have
-- referred anybody, and the uplines of two hundred of all.
CREATE TABLE bench.people AS
(SELECT 'biggest' AS what, uuid
FROM bench.users
WHERE n = (SELECT referrer FROM bench.users WHERE referrer IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1))
UNION ALL
(SELECT 'typical', uuid FROM bench.users WHERE n IN (SELECT referrer FROM bench.users) ORDER BY code_uuid LIMIT 200)
UNION ALL
(SELECT 'upline', uuid FROM bench.users ORDER BY code_uuid LIMIT 200);

DROP TABLE bench.users;

-- Each walks for everybody, and gives the rows that it has found.
CREATE FUNCTION bench.tree_ours(people uuid[]) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    person uuid;
    found bigint;
    total bigint := 0;
BEGIN
    FOREACH person IN ARRAY people LOOP
        SELECT count(*) INTO found FROM public.referral_tree(person, 5);
        total := total + found;
    END LOOP;
    RETURN total;
END
$$;

-- What one writes who knows that nobody redeems twice and that there are no circles.
CREATE FUNCTION bench.tree_plain(people uuid[]) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    person uuid;
    found bigint;
    total bigint := 0;
BEGIN
    FOREACH person IN ARRAY people LOOP
        WITH RECURSIVE tree AS (
            SELECT 1 AS depth, u.used_by_uuid AS user_uuid, c.beneficiary_uuid, c.code, u.date_used
            FROM public.phoenix_kit_referral_codes AS c
            JOIN public.phoenix_kit_referral_code_usage AS u ON u.code_uuid = c.uuid
            WHERE c.beneficiary_uuid = person
            UNION ALL
            SELECT t.depth + 1, u.used_by_uuid, c.beneficiary_uuid, c.code, u.date_used
            FROM tree AS t
            JOIN public.phoenix_kit_referral_codes AS c ON c.beneficiary_uuid = t.user_uuid
            JOIN public.phoenix_kit_referral_code_usage AS u ON u.code_uuid = c.uuid
            WHERE t.depth < 5
        )
        SELECT count(*) INTO found FROM tree;
        total := total + found;
    END LOOP;
    RETURN total;
END
$$;

-- With the rules of referral_tree: the earliest redemption of somebody else's code counts, and the walk ends where
-- it began.
CREATE FUNCTION bench.tree_ruled(people uuid[]) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    person uuid;
    found bigint;
    total bigint := 0;
BEGIN
    FOREACH person IN ARRAY people LOOP
        WITH RECURSIVE tree AS (
            SELECT 0 AS depth, person AS user_uuid, NULL::uuid AS beneficiary_uuid, NULL::varchar AS code,
                NULL::timestamptz AS date_used
            UNION ALL
            SELECT t.depth + 1, u.used_by_uuid, c.beneficiary_uuid, c.code, u.date_used
            FROM tree AS t
            JOIN public.phoenix_kit_referral_codes AS c ON c.beneficiary_uuid = t.user_uuid
            JOIN public.phoenix_kit_referral_code_usage AS u ON u.code_uuid = c.uuid
            WHERE t.depth < 5
                AND u.used_by_uuid NOT IN (c.beneficiary_uuid, person)
                AND NOT EXISTS (
                    SELECT FROM public.phoenix_kit_referral_code_usage AS e
                    JOIN public.phoenix_kit_referral_codes AS f ON f.uuid = e.code_uuid
                    WHERE e.used_by_uuid = u.used_by_uuid
                        AND (e.date_used, e.uuid) < (u.date_used, u.uuid)
                        AND f.beneficiary_uuid <> e.used_by_uuid
                )
        )
        SELECT count(*) INTO found FROM tree WHERE depth > 0;
        total := total + found;
    END LOOP;
    RETURN total;
END
$$;

CREATE FUNCTION bench.upline_ours(people uuid[]) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    person uuid;
    found bigint;
    total bigint := 0;
BEGIN
    FOREACH person IN ARRAY people LOOP
        SELECT count(*) INTO found FROM public.referral_upline(person, 10);
        total := total + found;
    END LOOP;
    RETURN total;
END
$$;

CREATE FUNCTION bench.upline_plain(people uuid[]) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    person uuid;
    found bigint;
    total bigint := 0;
BEGIN
    FOREACH person IN ARRAY people LOOP
        WITH RECURSIVE upline AS (
            SELECT 1 AS depth, c.beneficiary_uuid, c.code, u.date_used
            FROM public.phoenix_kit_referral_code_usage AS u
            JOIN public.phoenix_kit_referral_codes AS c ON c.uuid = u.code_uuid
            WHERE u.used_by_uuid = person
            UNION ALL
            SELECT t.depth + 1, c.beneficiary_uuid, c.code, u.date_used
            FROM upline AS t
            JOIN public.phoenix_kit_referral_code_usage AS u ON u.used_by_uuid = t.beneficiary_uuid
            JOIN public.phoenix_kit_referral_codes AS c ON c.uuid = u.code_uuid
            WHERE t.depth < 10
        )
        SELECT count(*) INTO found FROM upline;
        total := total + found;
    END LOOP;
    RETURN total;
END
$$;

CREATE FUNCTION bench.upline_ruled(people uuid[]) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    person uuid;
    found bigint;
    total bigint := 0;
BEGIN
    FOREACH person IN ARRAY people LOOP
        WITH RECURSIVE upline AS (
            SELECT 0 AS depth, person AS beneficiary_uuid, NULL::varchar AS code, NULL::timestamptz AS date_used,
                ARRAY[person] AS path
            UNION ALL
            SELECT t.depth + 1, r.beneficiary_uuid, r.code, r.date_used, path || r.beneficiary_uuid
            FROM upline AS t
            CROSS JOIN LATERAL (
                SELECT c.beneficiary_uuid, c.code, u.date_used
                FROM public.phoenix_kit_referral_code_usage AS u
                JOIN public.phoenix_kit_referral_codes AS c ON c.uuid = u.code_uuid
                WHERE u.used_by_uuid = t.beneficiary_uuid AND c.beneficiary_uuid <> u.used_by_uuid
                ORDER BY u.date_used, u.uuid
                LIMIT 1
            ) AS r
            WHERE t.depth < 10 AND r.beneficiary_uuid <> ALL (path)
        )
        SELECT count(*) INTO found FROM upline WHERE depth > 0;
        total := total + found;
    END LOOP;
    RETURN total;
END
$$;

RESET session_replication_role;
VACUUM (FREEZE, ANALYZE);
SELECT public.pg_prewarm(oid) FROM pg_class WHERE relname LIKE 'phoenix_kit_referral_code%' AND relkind IN ('r', 'i') \g /dev/null
