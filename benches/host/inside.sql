-- What one call costs inside one backend, without a client, a network or a commit: functions that redeem the
-- calls first … last of bench.calls, each its own way. A function is called from one query, which costs least;
-- statements are run one by one with plans that the session keeps.

-- No code comes twice: in one transaction the versions of a row could not be pruned, and each use would have
-- to walk past those before it. The order is random, ids of usages rise as version 7 does.
CREATE TABLE bench.calls AS
SELECT
    row_number() OVER (ORDER BY md5(codes.code)) AS number,
    codes.code::text,
    codes.uuid AS code_uuid,
    md5('user of ' || codes.code)::uuid AS user_uuid,
    ('00000001-0000-7000-8000-'
        || lpad(to_hex(row_number() OVER (ORDER BY md5(codes.code))), 12, '0'))::uuid AS usage_uuid
FROM public.phoenix_kit_referral_codes AS codes;

ALTER TABLE bench.calls
    ADD PRIMARY KEY (number);

-- How many have redeemed.
CREATE VIEW bench.done AS
SELECT count(*) AS done
FROM public.phoenix_kit_referral_code_usage;

-- What the query around a call costs: a function that does nothing, and gives as many columns.
CREATE FUNCTION bench.use_nothing(
    wanted_code text,
    user_uuid uuid,
    OUT usage_uuid uuid,
    OUT code_uuid uuid,
    OUT code text,
    OUT used_by_uuid uuid,
    OUT date_used timestamptz,
    OUT beneficiary_uuid uuid,
    OUT number_of_uses integer,
    OUT remaining_uses integer
)
LANGUAGE plpgsql
AS $$
BEGIN
END
$$;

CREATE FUNCTION bench.inside_nothing(first bigint, last bigint)
RETURNS bigint
LANGUAGE sql
AS $$
    SELECT count(used.usage_uuid)
    FROM bench.calls
    CROSS JOIN LATERAL bench.use_nothing(calls.code, calls.user_uuid) AS used
    WHERE calls.number BETWEEN first AND last
$$;

-- The two writes of a redemption and nothing else: no rule, no lookup by code, ids that are there already.
CREATE FUNCTION bench.inside_floor(first bigint, last bigint)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
    call record;
BEGIN
    FOR call IN SELECT * FROM bench.calls WHERE number BETWEEN first AND last LOOP
        UPDATE public.phoenix_kit_referral_codes
        SET number_of_uses = number_of_uses + 1
        WHERE uuid = call.code_uuid;

        INSERT INTO public.phoenix_kit_referral_code_usage (uuid, code_uuid, used_by_uuid, date_used)
        VALUES (call.usage_uuid, call.code_uuid, call.user_uuid, now());
    END LOOP;
END
$$;

CREATE FUNCTION bench.inside_ours(first bigint, last bigint)
RETURNS bigint
LANGUAGE sql
AS $$
    SELECT count(used.usage_uuid)
    FROM bench.calls
    CROSS JOIN LATERAL public.referral_use_code(calls.code, calls.user_uuid) AS used
    WHERE calls.number BETWEEN first AND last
$$;

CREATE FUNCTION bench.inside_plpgsql(first bigint, last bigint)
RETURNS bigint
LANGUAGE sql
AS $$
    SELECT count(used.usage_uuid)
    FROM bench.calls
    CROSS JOIN LATERAL bench.use_code(calls.code, calls.user_uuid) AS used
    WHERE calls.number BETWEEN first AND last
$$;

-- The statement of rivals/statement.sql.
CREATE FUNCTION bench.inside_statement(first bigint, last bigint)
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
    call record;
    taken record;
BEGIN
    FOR call IN SELECT * FROM bench.calls WHERE number BETWEEN first AND last LOOP
        WITH claimed AS (
            UPDATE public.phoenix_kit_referral_codes AS codes
            SET number_of_uses = codes.number_of_uses + 1
            WHERE codes.code = upper(call.code)
              AND codes.status
              AND codes.number_of_uses < codes.max_uses
              AND (codes.expiration_date IS NULL OR codes.expiration_date > clock_timestamp())
              AND (
                  codes.beneficiary_uuid IS DISTINCT FROM call.user_uuid
                  OR EXISTS (
                      SELECT
                      FROM public.phoenix_kit_settings AS settings
                      WHERE settings.key = 'referral_allow_self_referral'
                        AND settings.value = 'true'
                  )
              )
              AND EXISTS (
                  SELECT
                  FROM public.phoenix_kit_settings AS settings
                  WHERE settings.key = 'referral_codes_enabled'
                    AND settings.value = 'true'
              )
            RETURNING
                codes.uuid,
                codes.code,
                codes.beneficiary_uuid,
                codes.number_of_uses,
                codes.max_uses
        ),
        used AS (
            INSERT INTO public.phoenix_kit_referral_code_usage (uuid, code_uuid, used_by_uuid, date_used)
            SELECT
                gen_random_uuid(),
                claimed.uuid,
                call.user_uuid,
                clock_timestamp()
            FROM claimed
            RETURNING
                uuid,
                used_by_uuid,
                date_used
        )
        SELECT
            used.uuid AS usage_uuid,
            claimed.uuid AS code_uuid,
            claimed.code,
            used.used_by_uuid,
            used.date_used,
            claimed.beneficiary_uuid,
            claimed.number_of_uses,
            claimed.max_uses - claimed.number_of_uses AS remaining_uses
        INTO taken
        FROM used
        CROSS JOIN claimed;
    END LOOP;
END
$$;
