-- What one owner's codes give instead of what their program does.
CREATE TABLE host.referral_terms (
       owner_uuid          uuid                     NOT NULL,
       program             text                     NOT NULL,
       owner_type          text                     NOT NULL,
       referrer_reward     numeric(20,4),
       referee_reward      numeric(20,4),
       referrer_percent    numeric(20,4),
       referee_percent     numeric(20,4),
       max_referrer_reward numeric(20,4),
       max_referee_reward  numeric(20,4),
       updated_at          timestamp with time zone NOT NULL,
       CONSTRAINT referral_terms_pkey PRIMARY KEY (owner_uuid, program, owner_type),
       CONSTRAINT referral_terms_program_fkey FOREIGN KEY (program)
                  REFERENCES host.referral_programs(key)
);

COMMENT ON TABLE host.referral_terms IS
'What one owner''s codes give instead of what their program does.';
COMMENT ON COLUMN host.referral_terms.owner_uuid IS
'The owner: the beneficiary of the codes.';
COMMENT ON COLUMN host.referral_terms.program IS
'The program, by its key.';
COMMENT ON COLUMN host.referral_terms.owner_type IS
'What the owner is: user, or a word of the application''s.';
COMMENT ON COLUMN host.referral_terms.referrer_reward IS
'What a conversion gives the referrer; NULL: as the program.';
COMMENT ON COLUMN host.referral_terms.referee_reward IS
'What a conversion gives the person referred; NULL: as the program.';
COMMENT ON COLUMN host.referral_terms.referrer_percent IS
'Hundredths of the amount that the referrer gets besides; NULL: as the program.';
COMMENT ON COLUMN host.referral_terms.referee_percent IS
'Hundredths of the amount that the person referred gets besides; NULL: as the program.';
COMMENT ON COLUMN host.referral_terms.max_referrer_reward IS
'The most that a conversion gives the referrer; NULL: as the program.';
COMMENT ON COLUMN host.referral_terms.max_referee_reward IS
'The most that a conversion gives the person referred; NULL: as the program.';
COMMENT ON COLUMN host.referral_terms.updated_at IS
'When they were last set.';
