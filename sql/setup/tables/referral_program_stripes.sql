-- The stripes of a program that has a cap and hot codes: as those of a code.
CREATE TABLE host.referral_program_stripes (
       program   text    NOT NULL,
       stripe    integer NOT NULL,
       uses_left integer NOT NULL,
       CONSTRAINT referral_program_stripes_pkey PRIMARY KEY (program, stripe),
       CONSTRAINT referral_program_stripes_uses_left_check CHECK ((uses_left >= 0))
)
  WITH (fillfactor='10');

GRANT SELECT
   ON host.referral_program_stripes
   TO writers_of_phoenix_kit_referral_code_usage;

GRANT INSERT, UPDATE
   ON host.referral_program_stripes
   TO writers_of_phoenix_kit_referral_code_usage;

GRANT SELECT, UPDATE
   ON host.referral_program_stripes
   TO changers_of_phoenix_kit_referral_codes;

GRANT SELECT
   ON host.referral_program_stripes
   TO writers_of_phoenix_kit_referral_codes;

COMMENT ON TABLE host.referral_program_stripes IS
'The stripes of a program that has a cap and hot codes: each serves uses that it has leased from the program''s number_of_uses.';
COMMENT ON COLUMN host.referral_program_stripes.program IS
'The program, by its key.';
COMMENT ON COLUMN host.referral_program_stripes.stripe IS
'The stripe, from 0.';
COMMENT ON COLUMN host.referral_program_stripes.uses_left IS
'Leased uses that nobody has made: the program''s number_of_uses counts them.';
