-- PhoenixKit's plain indexes on code_uuid and on used_by_uuid are left out: the unique index on
-- (code_uuid, used_by_uuid) and the one on (used_by_uuid, date_used, uuid) serve for them, and each
-- redemption would pay for both.
CREATE TABLE host.phoenix_kit_referral_code_usage (
       uuid         uuid        NOT NULL DEFAULT pg_catalog.gen_random_uuid(),
       code_uuid    uuid        NOT NULL,
       used_by_uuid uuid        NOT NULL,
       date_used    timestamptz NOT NULL DEFAULT pg_catalog.now(),
       CONSTRAINT phoenix_kit_referral_code_usage_pkey PRIMARY KEY (uuid),
       CONSTRAINT fk_referral_code_usage_code_uuid FOREIGN KEY (code_uuid)
                  REFERENCES host.phoenix_kit_referral_codes (uuid) ON DELETE CASCADE
);

CREATE INDEX phoenix_kit_referral_code_usage_date_used_idx
    ON host.phoenix_kit_referral_code_usage (date_used);
