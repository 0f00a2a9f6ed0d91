-- One row a person who has made a code: its lock is what makes the per-user limit race-free.
CREATE TABLE host.referral_code_creators (
       creator_uuid uuid                     NOT NULL,
       last_code_at timestamp with time zone NOT NULL,
       CONSTRAINT referral_code_creators_pkey PRIMARY KEY (creator_uuid)
);

GRANT SELECT, INSERT, UPDATE
   ON host.referral_code_creators
   TO writers_of_phoenix_kit_referral_codes;

GRANT SELECT, INSERT, UPDATE
   ON host.referral_code_creators
   TO changers_of_phoenix_kit_referral_codes;

COMMENT ON TABLE host.referral_code_creators IS
'One row a person who has made a code: its lock makes the limit of codes a person may create race-free.';
COMMENT ON COLUMN host.referral_code_creators.creator_uuid IS
'The person.';
COMMENT ON COLUMN host.referral_code_creators.last_code_at IS
'When the person last made a code.';
