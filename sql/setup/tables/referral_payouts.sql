-- Payouts: what has left a person's balance, and what became of it. A failed one is back in the balance.
CREATE TABLE host.referral_payouts (
       payout_uuid uuid                     NOT NULL,
       user_uuid   uuid                     NOT NULL,
       payout_ref  text                     NOT NULL,
       batch_ref   text,
       currency    text                     NOT NULL,
       amount      numeric(20,4)            NOT NULL,
       status      text                     NOT NULL,
       created_at  timestamp with time zone NOT NULL,
       settled_at  timestamp with time zone,
       reason      text,
       CONSTRAINT referral_payouts_pkey PRIMARY KEY (payout_uuid),
       CONSTRAINT referral_payouts_payout_ref_key UNIQUE (payout_ref),
       CONSTRAINT referral_payouts_batch_fkey FOREIGN KEY (batch_ref)
                  REFERENCES host.referral_payout_batches(batch_ref),
       CONSTRAINT referral_payouts_amount_check
            CHECK ((amount > (0)::numeric)),
       CONSTRAINT referral_payouts_status_check
            CHECK ((status = ANY (ARRAY['pending'::text, 'paid'::text, 'failed'::text]))),
       CONSTRAINT referral_payouts_settled_check
            CHECK (((status = 'pending'::text) = (settled_at IS NULL)))
);

CREATE INDEX referral_payouts_user_idx
    ON host.referral_payouts USING btree (user_uuid, currency) INCLUDE (amount, status);

CREATE INDEX referral_payouts_batch_idx
    ON host.referral_payouts USING btree (batch_ref, user_uuid)
 WHERE (batch_ref IS NOT NULL);

CREATE INDEX referral_payouts_newest_idx
    ON host.referral_payouts USING btree (created_at DESC, payout_uuid DESC);

CREATE INDEX referral_payouts_status_idx
    ON host.referral_payouts USING btree (status, created_at DESC, payout_uuid DESC);

COMMENT ON TABLE host.referral_payouts IS
'Payouts: what has left a person''s balance, and what became of it. A failed one is back in the balance.';
COMMENT ON COLUMN host.referral_payouts.payout_uuid IS
'The payout''s id.';
COMMENT ON COLUMN host.referral_payouts.user_uuid IS
'Who is paid.';
COMMENT ON COLUMN host.referral_payouts.payout_ref IS
'The payout, as the application calls it; of a batch: batch_ref:user_uuid.';
COMMENT ON COLUMN host.referral_payouts.batch_ref IS
'The batch that it belongs to; NULL: none.';
COMMENT ON COLUMN host.referral_payouts.currency IS
'Its currency.';
COMMENT ON COLUMN host.referral_payouts.amount IS
'What it takes out of the balance.';
COMMENT ON COLUMN host.referral_payouts.status IS
'pending, paid or failed.';
COMMENT ON COLUMN host.referral_payouts.created_at IS
'When it was created.';
COMMENT ON COLUMN host.referral_payouts.settled_at IS
'When it was told to be paid or failed; NULL: it is pending.';
COMMENT ON COLUMN host.referral_payouts.reason IS
'What was said then.';
