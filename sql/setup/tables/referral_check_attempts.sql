-- How often each client has checked a code in each minute. A row is touched in its own minute only, so that
-- nobody waits for whoever sweeps away what is over.
CREATE TABLE host.referral_check_attempts (
       minute     timestamptz NOT NULL,
       client_key text        NOT NULL,
       attempts   integer     NOT NULL,
       CONSTRAINT referral_check_attempts_pkey PRIMARY KEY (minute, client_key)
)
