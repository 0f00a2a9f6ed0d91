-- How often each client has checked a code within its running minute. Rows whose minute is over are
-- swept away by later checks.
CREATE TABLE host.referral_check_attempts (
       client_key text        NOT NULL,
       attempts   integer     NOT NULL,
       started_at timestamptz NOT NULL,
       CONSTRAINT referral_check_attempts_pkey PRIMARY KEY (client_key)
);

CREATE INDEX referral_check_attempts_started_at_idx
    ON host.referral_check_attempts (started_at);
