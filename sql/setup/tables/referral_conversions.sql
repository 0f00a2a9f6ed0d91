-- A sale or purchase that a code has led to. The rewards are those that the program promised at the time.
CREATE TABLE host.referral_conversions (
       uuid            uuid          NOT NULL,
       program         text          NOT NULL,
       code_uuid       uuid          NOT NULL,
       code            text          NOT NULL,
       referrer_uuid   uuid          NOT NULL,
       owner_type      text          NOT NULL,
       referee_uuid    uuid          NOT NULL,
       source_type     text          NOT NULL,
       source_ref      text          NOT NULL,
       amount          numeric(20,4),
       currency        text,
       status          text          NOT NULL,
       reason          text          NOT NULL,
       referrer_reward numeric(20,4) NOT NULL,
       referee_reward  numeric(20,4) NOT NULL,
       reward_currency text          NOT NULL,
       converted_at    timestamptz   NOT NULL,
       granted_at      timestamptz,
       decided_at      timestamptz,
       decided_by      uuid,
       decision_reason text,
       approvals       jsonb,
       CONSTRAINT referral_conversions_pkey PRIMARY KEY (uuid),
       CONSTRAINT referral_conversions_source_key UNIQUE (source_type, source_ref),
       CONSTRAINT referral_conversions_program_fkey FOREIGN KEY (program)
                  REFERENCES host.referral_programs (key),
       CONSTRAINT referral_conversions_status_check
            CHECK (status IN ('converted', 'approved', 'rejected', 'reversed'))
);

CREATE INDEX referral_conversions_referrer_idx
    ON host.referral_conversions (referrer_uuid, converted_at DESC, uuid DESC);

CREATE INDEX referral_conversions_referee_idx
    ON host.referral_conversions (referee_uuid, program);

CREATE INDEX referral_conversions_newest_idx
    ON host.referral_conversions (converted_at DESC, uuid DESC);
