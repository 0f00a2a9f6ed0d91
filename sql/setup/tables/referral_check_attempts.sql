-- How often each client has checked a code in each minute. A row is touched in its own minute only, so that
-- nobody waits for whoever sweeps away what is over.
CREATE TABLE host.referral_check_attempts (
       minute     timestamp with time zone NOT NULL,
       client_key text                     NOT NULL,
       attempts   integer                  NOT NULL,
       CONSTRAINT referral_check_attempts_pkey PRIMARY KEY (minute, client_key)
);

COMMENT ON TABLE host.referral_check_attempts IS
'How often each client has checked a code in each minute. Rows of minutes that are over are swept away.';
COMMENT ON COLUMN host.referral_check_attempts.minute IS
'The minute, by its beginning.';
COMMENT ON COLUMN host.referral_check_attempts.client_key IS
'The client, as the caller of referral_check_signup named it.';
COMMENT ON COLUMN host.referral_check_attempts.attempts IS
'Checks in that minute.';
