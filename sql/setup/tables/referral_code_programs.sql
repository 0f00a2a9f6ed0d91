-- Which program a code belongs to and, where it is somebody's own code, whose. A redemption by whoever may
-- redeem at all has to ask for the program.
CREATE TABLE host.referral_code_programs (
       code_uuid  uuid    NOT NULL,
       program    text    NOT NULL,
       owner_uuid uuid,
       owner_type text    NOT NULL,
       generation integer NOT NULL DEFAULT 1,
       CONSTRAINT referral_code_programs_pkey PRIMARY KEY (code_uuid),
       CONSTRAINT referral_code_programs_program_fkey FOREIGN KEY (program)
                  REFERENCES host.referral_programs(key)
);

CREATE UNIQUE INDEX referral_code_programs_owner_uidx
    ON host.referral_code_programs USING btree (owner_uuid, program, owner_type, generation);

CREATE INDEX referral_code_programs_program_idx
    ON host.referral_code_programs USING btree (program);

GRANT SELECT (code_uuid, program)
   ON host.referral_code_programs
   TO writers_of_phoenix_kit_referral_code_usage;

GRANT SELECT (code_uuid, program)
   ON host.referral_code_programs
   TO changers_of_phoenix_kit_referral_codes;

COMMENT ON TABLE host.referral_code_programs IS
'Which program a code belongs to and, where it is somebody''s own code, whose.';
COMMENT ON COLUMN host.referral_code_programs.code_uuid IS
'The code.';
COMMENT ON COLUMN host.referral_code_programs.program IS
'The program, by its key.';
COMMENT ON COLUMN host.referral_code_programs.owner_uuid IS
'Whose own code it is in the program; NULL: nobody''s.';
COMMENT ON COLUMN host.referral_code_programs.owner_type IS
'What the owner is: user, or a word of the application''s.';
COMMENT ON COLUMN host.referral_code_programs.generation IS
'The how manieth code of the owner''s in the program it is: the last of them is the one that referral_code_for gives.';
