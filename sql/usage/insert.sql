-- One user, one use of a code: who has one is left out. For tables on which Postgres keeps that by itself.
INSERT INTO host.phoenix_kit_referral_code_usage (uuid, code_uuid, used_by_uuid, date_used)
VALUES ($1, $2, $3, $4)
    ON CONFLICT (code_uuid, used_by_uuid) DO NOTHING
