-- The stripes of a hot code: each has leased uses from the code's counter, which counts them, and serves them
-- under its own row's lock. Pages are left empty: stripes on one page would wait for each other to write to it.
CREATE TABLE host.referral_stripes (
       code_uuid uuid    NOT NULL,
       stripe    integer NOT NULL,
       uses_left integer NOT NULL,
       CONSTRAINT referral_stripes_pkey PRIMARY KEY (code_uuid, stripe),
       CONSTRAINT referral_stripes_uses_left_check CHECK ((uses_left >= 0))
)
  WITH (fillfactor='10');

GRANT SELECT
   ON host.referral_stripes
   TO writers_of_phoenix_kit_referral_code_usage;

GRANT INSERT, UPDATE
   ON host.referral_stripes
   TO writers_of_phoenix_kit_referral_code_usage;

GRANT SELECT, UPDATE
   ON host.referral_stripes
   TO changers_of_phoenix_kit_referral_codes;

COMMENT ON TABLE host.referral_stripes IS
'The stripes of a hot code: each serves uses that it has leased from the code''s number_of_uses.';
COMMENT ON COLUMN host.referral_stripes.code_uuid IS
'The code.';
COMMENT ON COLUMN host.referral_stripes.stripe IS
'The stripe, from 0.';
COMMENT ON COLUMN host.referral_stripes.uses_left IS
'Leased uses that nobody has made: number_of_uses counts them.';
