-- A program: what its codes are like, who is rewarded for what, and how much.
-- number_of_uses is counted only while max_uses_total is set.
CREATE TABLE host.referral_programs (
       key                  text          NOT NULL,
       name                 text          NOT NULL,
       status               text          NOT NULL,
       starts_at            timestamptz,
       ends_at              timestamptz,
       code_length          integer       NOT NULL,
       code_alphabet        text          NOT NULL,
       code_prefix          text          NOT NULL,
       max_uses_per_code    integer       NOT NULL,
       max_uses_total       integer,
       number_of_uses       integer       NOT NULL,
       codes_expire_after   interval,
       referrer_reward      numeric(20,4) NOT NULL,
       referee_reward       numeric(20,4) NOT NULL,
       currency             text          NOT NULL,
       min_purchase         numeric(20,4) NOT NULL,
       first_purchase_only  boolean       NOT NULL,
       one_code_per_referee boolean       NOT NULL,
       attribution_window   interval,
       hold_period          interval      NOT NULL,
       requires_approval    boolean       NOT NULL,
       metadata             jsonb         NOT NULL,
       created_at           timestamptz   NOT NULL,
       updated_at           timestamptz   NOT NULL,
       CONSTRAINT referral_programs_pkey PRIMARY KEY (key),
       CONSTRAINT referral_programs_status_check CHECK (status IN ('active', 'paused', 'ended')),
       CONSTRAINT referral_programs_cap_check CHECK (number_of_uses <= max_uses_total)
);

-- What a redemption of a code with a beneficiary has to know, by whoever may redeem at all.
GRANT SELECT (key, status, starts_at, ends_at, one_code_per_referee, max_uses_total, number_of_uses)
   ON host.referral_programs TO PUBLIC;
