-- Room in each page for a row's next version: a use that is counted there writes no index anew.
CREATE TABLE host.phoenix_kit_referral_codes (
       uuid             uuid         NOT NULL DEFAULT pg_catalog.gen_random_uuid(),
       code             varchar(255) NOT NULL,
       description      varchar(255) NOT NULL,
       status           boolean      NOT NULL DEFAULT true,
       number_of_uses   integer      NOT NULL DEFAULT 0,
       max_uses         integer      NOT NULL,
       created_by_uuid  uuid         NOT NULL,
       beneficiary_uuid uuid,
       date_created     timestamptz  NOT NULL DEFAULT pg_catalog.now(),
       expiration_date  timestamptz,
       CONSTRAINT phoenix_kit_referral_codes_pkey PRIMARY KEY (uuid)
)
  WITH (fillfactor = 90);

CREATE INDEX phoenix_kit_referral_codes_created_by_uuid_idx
    ON host.phoenix_kit_referral_codes (created_by_uuid);

CREATE INDEX phoenix_kit_referral_codes_beneficiary_uuid_idx
    ON host.phoenix_kit_referral_codes (beneficiary_uuid);
