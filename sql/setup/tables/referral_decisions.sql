-- The history of conversions: what was decided, refunded and reversed. Rows are only ever added.
CREATE TABLE host.referral_decisions (
       uuid            uuid                     NOT NULL,
       conversion_uuid uuid                     NOT NULL,
       at              timestamp with time zone NOT NULL,
       action          text                     NOT NULL,
       by_uuid         uuid,
       step            text,
       amount          numeric(20,4),
       reason          text,
       CONSTRAINT referral_decisions_pkey PRIMARY KEY (uuid),
       CONSTRAINT referral_decisions_conversion_fkey FOREIGN KEY (conversion_uuid)
                  REFERENCES host.referral_conversions(uuid),
       CONSTRAINT referral_decisions_action_check
            CHECK ((action = ANY (ARRAY['approved'::text, 'rejected'::text, 'reversed'::text, 'reversed_part'::text, 'refunded'::text, 'approvals_required'::text, 'step_approved'::text, 'step_rejected'::text])))
);

CREATE INDEX referral_decisions_conversion_idx
    ON host.referral_decisions USING btree (conversion_uuid, at, uuid);

COMMENT ON TABLE host.referral_decisions IS
'The history of conversions: every decision, refund and reversal. Rows are only ever added.';
COMMENT ON COLUMN host.referral_decisions.uuid IS
'The row''s id.';
COMMENT ON COLUMN host.referral_decisions.conversion_uuid IS
'The conversion.';
COMMENT ON COLUMN host.referral_decisions.at IS
'When.';
COMMENT ON COLUMN host.referral_decisions.action IS
'approved, rejected, reversed, reversed_part, refunded, approvals_required (a chain was asked for), step_approved or step_rejected (by one approver of it).';
COMMENT ON COLUMN host.referral_decisions.by_uuid IS
'Who decided; NULL where nobody was named.';
COMMENT ON COLUMN host.referral_decisions.step IS
'The step of the chain of approvals, by its id.';
COMMENT ON COLUMN host.referral_decisions.amount IS
'Refunded: of the purchase. Reversed by an amount: the most that was to be taken from each side.';
COMMENT ON COLUMN host.referral_decisions.reason IS
'Why.';
