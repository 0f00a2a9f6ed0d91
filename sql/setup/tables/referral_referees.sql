-- One row a person and program: its lock makes one code a referee, and one first purchase, race-free.
CREATE TABLE host.referral_referees (
       referee_uuid uuid        NOT NULL,
       program      text        NOT NULL,
       last_seen_at timestamptz NOT NULL,
       CONSTRAINT referral_referees_pkey PRIMARY KEY (referee_uuid, program)
)
