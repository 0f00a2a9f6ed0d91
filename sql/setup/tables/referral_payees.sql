-- One row a person and currency: its lock makes what payouts take of a balance race-free.
CREATE TABLE host.referral_payees (
       user_uuid     uuid                     NOT NULL,
       currency      text                     NOT NULL,
       last_asked_at timestamp with time zone NOT NULL,
       CONSTRAINT referral_payees_pkey PRIMARY KEY (user_uuid, currency)
);

COMMENT ON TABLE host.referral_payees IS
'One row a person and currency: its lock makes what payouts take of a balance race-free.';
COMMENT ON COLUMN host.referral_payees.user_uuid IS
'The person.';
COMMENT ON COLUMN host.referral_payees.currency IS
'The currency.';
COMMENT ON COLUMN host.referral_payees.last_asked_at IS
'When a payout was last asked for.';
