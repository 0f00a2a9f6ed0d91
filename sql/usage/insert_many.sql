-- The uses of a code by many users, save those who have one. $3: an id for each user of $2. For tables on which
-- Postgres keeps one use for each by itself.
INSERT INTO host.phoenix_kit_referral_code_usage (uuid, code_uuid, used_by_uuid, date_used)
SELECT new.uuid,
       $1,
       new.used_by_uuid,
       $4
  FROM ROWS FROM (pg_catalog.unnest($2), pg_catalog.unnest($3)) AS new (used_by_uuid, uuid)
    ON CONFLICT (code_uuid, used_by_uuid) DO NOTHING
