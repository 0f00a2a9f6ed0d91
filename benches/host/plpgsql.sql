-- The rival in PL/pgSQL, as one writes it who wants every rule of a redemption and every reason: lock the
-- code, judge, write. The insert itself tells whether the user has used the code before: a refusal is an error
-- and undoes it.

CREATE FUNCTION bench.use_code(
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
DECLARE
    normal_code CONSTANT text := upper(trim(wanted_code));
    locked public.phoenix_kit_referral_codes;
BEGIN
    IF wanted_code IS NULL OR user_uuid IS NULL THEN
        RAISE EXCEPTION 'code and user must not be null'
            USING ERRCODE = '22004';
    END IF;
    IF NOT EXISTS (
        SELECT
        FROM public.phoenix_kit_settings AS settings
        WHERE settings.key = 'referral_codes_enabled'
          AND settings.value = 'true'
    ) THEN
        RAISE EXCEPTION 'referral codes are switched off'
            USING ERRCODE = 'RF007', DETAIL = 'reason=system_disabled';
    END IF;

    SELECT codes.*
    INTO locked
    FROM public.phoenix_kit_referral_codes AS codes
    WHERE codes.code = normal_code
    FOR UPDATE;
    IF NOT FOUND THEN
        SELECT codes.*
        INTO locked
        FROM public.phoenix_kit_referral_codes AS codes
        WHERE upper(codes.code) = normal_code
        ORDER BY codes.date_created
        LIMIT 1
        FOR UPDATE;
    END IF;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no such code'
            USING ERRCODE = 'RF001', DETAIL = 'reason=code_not_found';
    END IF;

    date_used := clock_timestamp();
    INSERT INTO public.phoenix_kit_referral_code_usage AS usages (uuid, code_uuid, used_by_uuid, date_used)
    VALUES (gen_random_uuid(), locked.uuid, user_uuid, use_code.date_used)
    ON CONFLICT DO NOTHING
    RETURNING usages.uuid
    INTO usage_uuid;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'you have used this code'
            USING ERRCODE = 'RF005', DETAIL = 'reason=already_used';
    ELSIF NOT locked.status THEN
        RAISE EXCEPTION 'this code is not active'
            USING ERRCODE = 'RF002', DETAIL = 'reason=code_inactive';
    ELSIF locked.expiration_date <= date_used THEN
        RAISE EXCEPTION 'this code has expired'
            USING ERRCODE = 'RF003', DETAIL = 'reason=code_expired';
    END IF;
    IF locked.beneficiary_uuid = user_uuid THEN
        IF NOT EXISTS (
            SELECT
            FROM public.phoenix_kit_settings AS settings
            WHERE settings.key = 'referral_allow_self_referral'
              AND settings.value = 'true'
        ) THEN
            RAISE EXCEPTION 'this code is your own'
                USING ERRCODE = 'RF006', DETAIL = 'reason=self_referral';
        END IF;
    END IF;
    IF locked.number_of_uses >= locked.max_uses THEN
        RAISE EXCEPTION 'this code has no uses left'
            USING ERRCODE = 'RF004', DETAIL = 'reason=usage_limit_reached';
    END IF;

    UPDATE public.phoenix_kit_referral_codes AS codes
    SET number_of_uses = codes.number_of_uses + 1
    WHERE codes.uuid = locked.uuid
    RETURNING
        codes.number_of_uses,
        codes.max_uses - codes.number_of_uses
    INTO
        number_of_uses,
        remaining_uses;
    code_uuid := locked.uuid;
    code := locked.code;
    used_by_uuid := user_uuid;
    beneficiary_uuid := locked.beneficiary_uuid;
END
$$;
