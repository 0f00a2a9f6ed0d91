-- The three tables as a PhoenixKit host has them, empty. For psql:
--
--     psql --set schema=shop --set shape=both --file tables.sql
--
--   schema  where they go, created if absent. Default: public.
--   shape   uuid      a host of today (default)
--           both      a host in the middle of its UUID migration: integer columns beside the uuid ones. Its
--                     primary keys are still the integers, and settings.value is still varchar(255).
--           integers  a host from before it: integer columns only, and times without a zone.
--
-- rows.sql fills them.

\set ON_ERROR_STOP on
\if :{?schema}
\else
    \set schema public
\endif
\if :{?shape}
\else
    \set shape uuid
\endif

SELECT
    :'shape' IN ('uuid', 'both') AS has_uuids,
    :'shape' IN ('both', 'integers') AS has_integers,
    :'shape' = 'uuid' AS is_current,
    :'shape' NOT IN ('uuid', 'both', 'integers') AS is_unknown
\gset

\if :is_unknown
    DO $$ BEGIN RAISE EXCEPTION 'unknown shape: uuid, both or integers'; END $$;
\endif

SET client_min_messages = warning;
CREATE SCHEMA IF NOT EXISTS :"schema";

-- A current host and a migrated one share this kind of time; the oldest knew none with a zone.
\if :has_uuids
    \set moment timestamptz
\else
    \set moment timestamp
\endif

\if :has_uuids
CREATE EXTENSION IF NOT EXISTS pgcrypto SCHEMA public;

-- PhoenixKit's own UUIDv7: 48 bits of milliseconds, then random bytes, then version and variant set in place.
CREATE FUNCTION :"schema".uuid_generate_v7()
RETURNS uuid
LANGUAGE plpgsql
VOLATILE
AS $$
DECLARE
    milliseconds bytea := substring(
        int8send(floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint)
        FROM 3
    );
    bytes bytea := milliseconds || public.gen_random_bytes(10);
BEGIN
    bytes := set_byte(bytes, 6, (get_byte(bytes, 6) & 15) | 112);
    bytes := set_byte(bytes, 8, (get_byte(bytes, 8) & 63) | 128);
    RETURN encode(bytes, 'hex')::uuid;
END
$$;
\endif

CREATE TABLE :"schema".phoenix_kit_settings (
\if :has_integers
    id bigserial,
\endif
    key varchar(255) NOT NULL,
\if :is_current
    value text,
\else
    value varchar(255),
\endif
    date_added :moment NOT NULL DEFAULT now(),
    date_updated :moment NOT NULL DEFAULT now(),
    module varchar(255),
\if :has_uuids
    uuid uuid NOT NULL DEFAULT :"schema".uuid_generate_v7(),
\endif
    value_json jsonb
);

CREATE TABLE :"schema".phoenix_kit_referral_codes (
\if :has_integers
    id bigserial,
    created_by integer,
    beneficiary integer,
\endif
    code varchar(255) NOT NULL,
    description varchar(255) NOT NULL,
    status boolean NOT NULL DEFAULT true,
    number_of_uses integer NOT NULL DEFAULT 0,
    max_uses integer NOT NULL,
    date_created :moment NOT NULL DEFAULT now(),
\if :has_uuids
    uuid uuid NOT NULL DEFAULT :"schema".uuid_generate_v7(),
    created_by_uuid uuid NOT NULL,
    beneficiary_uuid uuid,
\endif
    expiration_date :moment
);

CREATE TABLE :"schema".phoenix_kit_referral_code_usage (
\if :has_integers
    id bigserial,
    code_id integer,
    used_by integer,
\endif
\if :has_uuids
    uuid uuid NOT NULL DEFAULT :"schema".uuid_generate_v7(),
    code_uuid uuid NOT NULL,
    used_by_uuid uuid NOT NULL,
\endif
    date_used :moment NOT NULL DEFAULT now()
);

-- The migration moved the primary keys to uuid only when it dropped the integers.
\if :is_current
    \set key uuid
\else
    \set key id
\endif
ALTER TABLE :"schema".phoenix_kit_settings
    ADD CONSTRAINT phoenix_kit_settings_pkey PRIMARY KEY (:key);
ALTER TABLE :"schema".phoenix_kit_referral_codes
    ADD CONSTRAINT phoenix_kit_referral_codes_pkey PRIMARY KEY (:key);
ALTER TABLE :"schema".phoenix_kit_referral_code_usage
    ADD CONSTRAINT phoenix_kit_referral_code_usage_pkey PRIMARY KEY (:key);

CREATE UNIQUE INDEX phoenix_kit_settings_key_uidx
    ON :"schema".phoenix_kit_settings (key);
CREATE UNIQUE INDEX phoenix_kit_referral_codes_code_uidx
    ON :"schema".phoenix_kit_referral_codes (code);
CREATE INDEX phoenix_kit_referral_code_usage_date_used_idx
    ON :"schema".phoenix_kit_referral_code_usage (date_used);

\if :has_uuids
-- Redundant beside a primary key on uuid, and there on every host.
CREATE UNIQUE INDEX phoenix_kit_settings_uuid_idx
    ON :"schema".phoenix_kit_settings (uuid);
CREATE UNIQUE INDEX phoenix_kit_referral_codes_uuid_idx
    ON :"schema".phoenix_kit_referral_codes (uuid);
CREATE UNIQUE INDEX phoenix_kit_referral_code_usage_uuid_idx
    ON :"schema".phoenix_kit_referral_code_usage (uuid);

CREATE INDEX phoenix_kit_settings_key_prefix_idx
    ON :"schema".phoenix_kit_settings (key text_pattern_ops);
CREATE INDEX phoenix_kit_referral_codes_created_by_uuid_idx
    ON :"schema".phoenix_kit_referral_codes (created_by_uuid);
CREATE INDEX phoenix_kit_referral_codes_beneficiary_uuid_idx
    ON :"schema".phoenix_kit_referral_codes (beneficiary_uuid);
CREATE INDEX phoenix_kit_referral_code_usage_code_uuid_idx
    ON :"schema".phoenix_kit_referral_code_usage (code_uuid);
CREATE INDEX phoenix_kit_referral_code_usage_used_by_uuid_idx
    ON :"schema".phoenix_kit_referral_code_usage (used_by_uuid);

ALTER TABLE :"schema".phoenix_kit_referral_code_usage
    ADD CONSTRAINT fk_referral_code_usage_code_uuid
    FOREIGN KEY (code_uuid)
    REFERENCES :"schema".phoenix_kit_referral_codes (uuid)
    ON DELETE CASCADE;
\endif

\if :has_integers
CREATE INDEX phoenix_kit_referral_code_usage_code_id_idx
    ON :"schema".phoenix_kit_referral_code_usage (code_id);
CREATE INDEX phoenix_kit_referral_code_usage_used_by_idx
    ON :"schema".phoenix_kit_referral_code_usage (used_by);

ALTER TABLE :"schema".phoenix_kit_referral_code_usage
    ADD CONSTRAINT phoenix_kit_referral_code_usage_code_id_fkey
    FOREIGN KEY (code_id)
    REFERENCES :"schema".phoenix_kit_referral_codes (id)
    ON DELETE CASCADE;
\endif

RESET client_min_messages;
