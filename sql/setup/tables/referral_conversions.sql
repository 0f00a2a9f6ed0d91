-- A sale or purchase that a code has led to. The rewards are those that the program promised at the time. What is
-- converted and waits for no chain of approvals is in neither of the indexes of approvals and of statuses: recording a
-- purchase writes none of them.
CREATE TABLE host.referral_conversions (
       uuid            uuid                     NOT NULL,
       program         text                     NOT NULL,
       code_uuid       uuid                     NOT NULL,
       code            text                     NOT NULL,
       referrer_uuid   uuid                     NOT NULL,
       owner_type      text                     NOT NULL,
       referee_uuid    uuid                     NOT NULL,
       source_type     text                     NOT NULL,
       source_ref      text                     NOT NULL,
       amount          numeric(20,4),
       currency        text,
       status          text                     NOT NULL,
       reason          text                     NOT NULL,
       referrer_reward numeric(20,4)            NOT NULL,
       referee_reward  numeric(20,4)            NOT NULL,
       reward_currency text                     NOT NULL,
       converted_at    timestamp with time zone NOT NULL,
       granted_at      timestamp with time zone,
       decided_at      timestamp with time zone,
       decided_by      uuid,
       decision_reason text,
       approvals       jsonb,
       hold_period     interval,
       reward_scale    integer                  NOT NULL DEFAULT 4,
       CONSTRAINT referral_conversions_pkey PRIMARY KEY (uuid),
       CONSTRAINT referral_conversions_source_key UNIQUE (source_type, source_ref),
       CONSTRAINT referral_conversions_program_fkey FOREIGN KEY (program)
                  REFERENCES host.referral_programs(key),
       CONSTRAINT referral_conversions_status_check
            CHECK ((status = ANY (ARRAY['converted'::text, 'approved'::text, 'rejected'::text, 'reversed'::text])))
);

CREATE INDEX referral_conversions_referrer_idx
    ON host.referral_conversions USING btree (referrer_uuid, converted_at DESC, uuid DESC);

CREATE INDEX referral_conversions_referee_idx
    ON host.referral_conversions USING btree (referee_uuid, program);

CREATE INDEX referral_conversions_program_idx
    ON host.referral_conversions USING btree (program, converted_at DESC, uuid DESC);

CREATE INDEX referral_conversions_newest_idx
    ON host.referral_conversions USING btree (converted_at DESC, uuid DESC);

CREATE INDEX referral_conversions_decided_by_idx
    ON host.referral_conversions USING btree (decided_by)
 WHERE (decided_by IS NOT NULL);

CREATE INDEX referral_conversions_approvers_idx
    ON host.referral_conversions USING gin (approvals jsonb_path_ops)
 WHERE (approvals IS NOT NULL);

CREATE INDEX referral_conversions_waiting_idx
    ON host.referral_conversions USING btree (converted_at DESC, uuid DESC)
 WHERE ((status = 'converted'::text) AND ((reason = 'pending_review'::text) OR (approvals IS NOT NULL)));

CREATE INDEX referral_conversions_approvals_idx
    ON host.referral_conversions USING gin (approvals jsonb_path_ops)
 WHERE ((status = 'converted'::text) AND (approvals IS NOT NULL));

CREATE INDEX referral_conversions_status_idx
    ON host.referral_conversions USING btree (status, converted_at DESC, uuid DESC)
 WHERE (status <> 'converted'::text);

COMMENT ON TABLE host.referral_conversions IS
'A sale or purchase that a code has led to, with the rewards that the program promised at the time.';
COMMENT ON COLUMN host.referral_conversions.uuid IS
'The conversion''s id.';
COMMENT ON COLUMN host.referral_conversions.program IS
'The program, by its key.';
COMMENT ON COLUMN host.referral_conversions.code_uuid IS
'The code.';
COMMENT ON COLUMN host.referral_conversions.code IS
'The code as it read then.';
COMMENT ON COLUMN host.referral_conversions.referrer_uuid IS
'Whose code it was.';
COMMENT ON COLUMN host.referral_conversions.owner_type IS
'What the referrer is: user, or a word of the application''s.';
COMMENT ON COLUMN host.referral_conversions.referee_uuid IS
'Who bought.';
COMMENT ON COLUMN host.referral_conversions.source_type IS
'What source_ref refers to: order, or a word of the application''s.';
COMMENT ON COLUMN host.referral_conversions.source_ref IS
'The sale or purchase, as the application calls it.';
COMMENT ON COLUMN host.referral_conversions.amount IS
'The amount, where one was told.';
COMMENT ON COLUMN host.referral_conversions.currency IS
'Its currency.';
COMMENT ON COLUMN host.referral_conversions.status IS
'converted, approved, rejected or reversed.';
COMMENT ON COLUMN host.referral_conversions.reason IS
'Why it was rewarded or not.';
COMMENT ON COLUMN host.referral_conversions.referrer_reward IS
'What the referrer gets.';
COMMENT ON COLUMN host.referral_conversions.referee_reward IS
'What the person referred gets.';
COMMENT ON COLUMN host.referral_conversions.reward_currency IS
'The currency of both.';
COMMENT ON COLUMN host.referral_conversions.converted_at IS
'When the sale was made.';
COMMENT ON COLUMN host.referral_conversions.granted_at IS
'When the rewards were granted; NULL: they were not.';
COMMENT ON COLUMN host.referral_conversions.decided_at IS
'When it was approved or rejected or, where it was neither, reversed.';
COMMENT ON COLUMN host.referral_conversions.decided_by IS
'Who approved or rejected it: a reversal leaves that as it is.';
COMMENT ON COLUMN host.referral_conversions.decision_reason IS
'Why.';
COMMENT ON COLUMN host.referral_conversions.approvals IS
'The chain of approvals that is asked for, and what was decided in it; NULL: none.';
COMMENT ON COLUMN host.referral_conversions.hold_period IS
'How long its rewards are held, as the program had it; NULL: as the program has it.';
COMMENT ON COLUMN host.referral_conversions.reward_scale IS
'To how many decimals its rewards are rounded.';
