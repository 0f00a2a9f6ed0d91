CREATE TABLE host.phoenix_kit_settings (
       uuid         uuid         NOT NULL DEFAULT pg_catalog.gen_random_uuid(),
       key          varchar(255) NOT NULL,
       value        text,
       value_json   jsonb,
       module       varchar(255),
       date_added   timestamptz  NOT NULL DEFAULT pg_catalog.now(),
       date_updated timestamptz  NOT NULL DEFAULT pg_catalog.now(),
       CONSTRAINT phoenix_kit_settings_pkey PRIMARY KEY (uuid)
);

CREATE UNIQUE INDEX phoenix_kit_settings_key_uidx
    ON host.phoenix_kit_settings (key);

INSERT INTO host.phoenix_kit_settings (key, value, module)
VALUES ('referral_codes_enabled', 'true', 'referral_codes'),
       ('referral_guard_user_limit', 'true', 'referral_codes');
