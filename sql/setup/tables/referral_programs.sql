-- A program: what its codes are like, who is rewarded for what, and how much.
-- What a redemption of a code with a beneficiary has to know of it, everybody may read.
CREATE TABLE host.referral_programs (
       key                  text                     NOT NULL,
       name                 text                     NOT NULL,
       status               text                     NOT NULL,
       starts_at            timestamp with time zone,
       ends_at              timestamp with time zone,
       code_length          integer                  NOT NULL,
       code_alphabet        text                     NOT NULL,
       code_prefix          text                     NOT NULL,
       max_uses_per_code    integer                  NOT NULL,
       max_uses_total       integer,
       number_of_uses       integer                  NOT NULL,
       codes_expire_after   interval,
       referrer_reward      numeric(20,4)            NOT NULL,
       referee_reward       numeric(20,4)            NOT NULL,
       currency             text                     NOT NULL,
       min_purchase         numeric(20,4)            NOT NULL,
       first_purchase_only  boolean                  NOT NULL,
       one_code_per_referee boolean                  NOT NULL,
       attribution_window   interval,
       hold_period          interval                 NOT NULL,
       requires_approval    boolean                  NOT NULL,
       metadata             jsonb                    NOT NULL,
       created_at           timestamp with time zone NOT NULL,
       updated_at           timestamp with time zone NOT NULL,
       referrer_percent     numeric(20,4)            NOT NULL DEFAULT 0,
       referee_percent      numeric(20,4)            NOT NULL DEFAULT 0,
       max_referrer_reward  numeric(20,4),
       max_referee_reward   numeric(20,4),
       reward_scale         integer                  NOT NULL DEFAULT 2,
       max_rewards_per_referee integer,
       max_rewards_per_referrer integer,
       limit_period         interval,
       reward_budget        numeric(20,4),
       rewards_granted      numeric                  NOT NULL DEFAULT 0,
       review_above         numeric(20,4),
       review_after_per_day integer,
       tiers                jsonb                    NOT NULL DEFAULT '[]'::jsonb,
       CONSTRAINT referral_programs_pkey PRIMARY KEY (key),
       CONSTRAINT referral_programs_status_check
            CHECK ((status = ANY (ARRAY['active'::text, 'paused'::text, 'ended'::text]))),
       CONSTRAINT referral_programs_cap_check
            CHECK ((number_of_uses <= max_uses_total)),
       CONSTRAINT referral_programs_budget_check
            CHECK ((rewards_granted <= reward_budget))
);

GRANT SELECT (key, status, starts_at, ends_at, one_code_per_referee, max_uses_total, number_of_uses)
   ON host.referral_programs
   TO writers_of_phoenix_kit_referral_code_usage;

GRANT UPDATE (number_of_uses)
   ON host.referral_programs
   TO writers_of_phoenix_kit_referral_code_usage;

GRANT SELECT (key, status, starts_at, ends_at, one_code_per_referee, max_uses_total, number_of_uses)
   ON host.referral_programs
   TO changers_of_phoenix_kit_referral_codes;

GRANT UPDATE (number_of_uses)
   ON host.referral_programs
   TO changers_of_phoenix_kit_referral_codes;

GRANT SELECT (key, status, starts_at, ends_at, one_code_per_referee, max_uses_total, number_of_uses)
   ON host.referral_programs
   TO writers_of_phoenix_kit_referral_codes;

COMMENT ON TABLE host.referral_programs IS
'A program: what its codes are like, who is rewarded for what, and how much.';
COMMENT ON COLUMN host.referral_programs.key IS
'The name by which functions take the program.';
COMMENT ON COLUMN host.referral_programs.name IS
'The name shown to people.';
COMMENT ON COLUMN host.referral_programs.status IS
'active, paused or ended.';
COMMENT ON COLUMN host.referral_programs.starts_at IS
'When it begins to run; NULL: it always has.';
COMMENT ON COLUMN host.referral_programs.ends_at IS
'When it stops; NULL: never.';
COMMENT ON COLUMN host.referral_programs.code_length IS
'Characters of a generated code, the prefix aside.';
COMMENT ON COLUMN host.referral_programs.code_alphabet IS
'The characters of generated codes.';
COMMENT ON COLUMN host.referral_programs.code_prefix IS
'What generated codes begin with.';
COMMENT ON COLUMN host.referral_programs.max_uses_per_code IS
'Uses of a code made for a person.';
COMMENT ON COLUMN host.referral_programs.max_uses_total IS
'The most uses of all codes together; NULL: no limit.';
COMMENT ON COLUMN host.referral_programs.number_of_uses IS
'Uses of all codes together, counted only while max_uses_total is set.';
COMMENT ON COLUMN host.referral_programs.codes_expire_after IS
'How long a code made for a person lives; NULL: for ever.';
COMMENT ON COLUMN host.referral_programs.referrer_reward IS
'What a conversion gives the referrer.';
COMMENT ON COLUMN host.referral_programs.referee_reward IS
'What a conversion gives the person referred.';
COMMENT ON COLUMN host.referral_programs.currency IS
'The currency of the rewards, and of the purchases that count.';
COMMENT ON COLUMN host.referral_programs.min_purchase IS
'The least amount that is rewarded.';
COMMENT ON COLUMN host.referral_programs.first_purchase_only IS
'Whether only a person''s first purchase is rewarded.';
COMMENT ON COLUMN host.referral_programs.one_code_per_referee IS
'Whether a person may redeem one code of the program only.';
COMMENT ON COLUMN host.referral_programs.attribution_window IS
'How long after a redemption a purchase counts; NULL: for ever.';
COMMENT ON COLUMN host.referral_programs.hold_period IS
'How long a reward is held before it is available.';
COMMENT ON COLUMN host.referral_programs.requires_approval IS
'Whether a conversion is rewarded only once it is approved.';
COMMENT ON COLUMN host.referral_programs.metadata IS
'The application''s own.';
COMMENT ON COLUMN host.referral_programs.created_at IS
'When it was made.';
COMMENT ON COLUMN host.referral_programs.updated_at IS
'When it was last changed.';
COMMENT ON COLUMN host.referral_programs.referrer_percent IS
'Hundredths of the amount that the referrer gets besides.';
COMMENT ON COLUMN host.referral_programs.referee_percent IS
'Hundredths of the amount that the person referred gets besides.';
COMMENT ON COLUMN host.referral_programs.max_referrer_reward IS
'The most that a conversion gives the referrer; NULL: no limit.';
COMMENT ON COLUMN host.referral_programs.max_referee_reward IS
'The most that a conversion gives the person referred; NULL: no limit.';
COMMENT ON COLUMN host.referral_programs.reward_scale IS
'To how many decimals rewards are rounded, half to even.';
COMMENT ON COLUMN host.referral_programs.max_rewards_per_referee IS
'The most conversions of a person that are rewarded; NULL: no limit.';
COMMENT ON COLUMN host.referral_programs.max_rewards_per_referrer IS
'The most conversions within limit_period that a referrer is rewarded for; NULL: no limit.';
COMMENT ON COLUMN host.referral_programs.limit_period IS
'What max_rewards_per_referrer holds for; NULL: for ever.';
COMMENT ON COLUMN host.referral_programs.reward_budget IS
'What the program may grant in all, less what was taken back; NULL: no limit.';
COMMENT ON COLUMN host.referral_programs.rewards_granted IS
'What it has granted, less what was taken back, counted only while reward_budget is set.';
COMMENT ON COLUMN host.referral_programs.review_above IS
'A larger amount waits for a review; NULL: none does for its size.';
COMMENT ON COLUMN host.referral_programs.review_after_per_day IS
'A referrer''s further conversions within a day wait for a review; NULL: none does for their number.';
COMMENT ON COLUMN host.referral_programs.tiers IS
'What a referrer gets from so many rewarded conversions on: [{"from": 5, "referrer_reward": "15.0000"}].';
