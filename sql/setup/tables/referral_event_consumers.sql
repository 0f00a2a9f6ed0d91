-- Who polls for events. From its first poll on each event has a delivery for it.
CREATE TABLE host.referral_event_consumers (
       consumer   text                     NOT NULL,
       created_at timestamp with time zone NOT NULL,
       CONSTRAINT referral_event_consumers_pkey PRIMARY KEY (consumer)
);

GRANT SELECT (consumer)
   ON host.referral_event_consumers
   TO writers_of_phoenix_kit_referral_code_usage;

GRANT SELECT (consumer)
   ON host.referral_event_consumers
   TO writers_of_phoenix_kit_referral_codes;

GRANT SELECT (consumer)
   ON host.referral_event_consumers
   TO changers_of_phoenix_kit_referral_codes;

COMMENT ON TABLE host.referral_event_consumers IS
'Who polls for events. From its first poll on each event has a delivery for it.';
COMMENT ON COLUMN host.referral_event_consumers.consumer IS
'The name by which it polls.';
COMMENT ON COLUMN host.referral_event_consumers.created_at IS
'When it first polled.';
