-- One row a person and program: its lock makes one code a referee, and one first purchase, race-free.
CREATE TABLE host.referral_referees (
       referee_uuid uuid                     NOT NULL,
       program      text                     NOT NULL,
       last_seen_at timestamp with time zone NOT NULL,
       CONSTRAINT referral_referees_pkey PRIMARY KEY (referee_uuid, program)
);

GRANT SELECT, INSERT, UPDATE
   ON host.referral_referees
   TO writers_of_phoenix_kit_referral_code_usage;

COMMENT ON TABLE host.referral_referees IS
'One row a person and program: its lock makes one code a person, and one first purchase, race-free.';
COMMENT ON COLUMN host.referral_referees.referee_uuid IS
'The person.';
COMMENT ON COLUMN host.referral_referees.program IS
'The program, by its key.';
COMMENT ON COLUMN host.referral_referees.last_seen_at IS
'When the person last redeemed or bought.';
