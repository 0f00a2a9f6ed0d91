-- Batches of payouts that were asked for, also those that came to nothing: a repeat is known by its row.
CREATE TABLE host.referral_payout_batches (
       batch_ref  text                     NOT NULL,
       currency   text                     NOT NULL,
       min_amount numeric(20,4)            NOT NULL,
       max_rows   integer                  NOT NULL,
       created_at timestamp with time zone NOT NULL,
       CONSTRAINT referral_payout_batches_pkey PRIMARY KEY (batch_ref)
);

COMMENT ON TABLE host.referral_payout_batches IS
'Batches of payouts that were asked for, also those that came to nothing: a repeat is known by its row.';
COMMENT ON COLUMN host.referral_payout_batches.batch_ref IS
'The batch, as the application calls it.';
COMMENT ON COLUMN host.referral_payout_batches.currency IS
'The currency of its payouts.';
COMMENT ON COLUMN host.referral_payout_batches.min_amount IS
'What had to be available to somebody who was to get a payout.';
COMMENT ON COLUMN host.referral_payout_batches.max_rows IS
'How many payouts it was to have at most.';
COMMENT ON COLUMN host.referral_payout_batches.created_at IS
'When it was first asked for.';
