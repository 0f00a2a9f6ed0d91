-- Uses held for people in a checkout. A hold's use is counted by its code's number_of_uses until it is made,
-- given back or, once it has expired, needed by somebody.
CREATE TABLE host.referral_holds (
       hold_uuid  uuid                     NOT NULL,
       code_uuid  uuid                     NOT NULL,
       user_uuid  uuid                     NOT NULL,
       created_at timestamp with time zone NOT NULL,
       expires_at timestamp with time zone NOT NULL,
       is_counted boolean                  NOT NULL,
       CONSTRAINT referral_holds_pkey PRIMARY KEY (hold_uuid)
);

CREATE UNIQUE INDEX referral_holds_code_user_uidx
    ON host.referral_holds USING btree (code_uuid, user_uuid);

CREATE INDEX referral_holds_user_idx
    ON host.referral_holds USING btree (user_uuid);

CREATE INDEX referral_holds_expires_at_idx
    ON host.referral_holds USING btree (expires_at)
 WHERE is_counted;

GRANT SELECT
   ON host.referral_holds
   TO writers_of_phoenix_kit_referral_code_usage;

GRANT INSERT, UPDATE, DELETE
   ON host.referral_holds
   TO writers_of_phoenix_kit_referral_code_usage;

GRANT SELECT
   ON host.referral_holds
   TO writers_of_phoenix_kit_referral_codes;

GRANT SELECT
   ON host.referral_holds
   TO changers_of_phoenix_kit_referral_codes;

COMMENT ON TABLE host.referral_holds IS
'Uses held for people in a checkout.';
COMMENT ON COLUMN host.referral_holds.hold_uuid IS
'The hold, and the usage that it becomes.';
COMMENT ON COLUMN host.referral_holds.code_uuid IS
'The code.';
COMMENT ON COLUMN host.referral_holds.user_uuid IS
'For whom the use is held.';
COMMENT ON COLUMN host.referral_holds.created_at IS
'When it was first asked for.';
COMMENT ON COLUMN host.referral_holds.expires_at IS
'Until when nobody else may have the use.';
COMMENT ON COLUMN host.referral_holds.is_counted IS
'Whether the code''s number_of_uses counts its use; false: it had expired and somebody needed it.';
