-- One row a person who has made a code: its lock is what makes the per-user limit race-free.
CREATE TABLE host.referral_code_creators (
       creator_uuid uuid        NOT NULL,
       last_code_at timestamptz NOT NULL,
       CONSTRAINT referral_code_creators_pkey PRIMARY KEY (creator_uuid)
);
