-- Who polls for events. What it has no deliveries of yet is filled in as it polls (src/events/backfill.rs).
CREATE TABLE host.referral_event_consumers (
       consumer   text                     NOT NULL,
       created_at timestamp with time zone NOT NULL,
       last_poll  timestamp with time zone,
       filled_to  bigint,
       fill_to    bigint,
       since      bigint,
       awaits     text[],
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
'Who polls for events. Each event has a delivery for it, or is filled in as it polls.';
COMMENT ON COLUMN host.referral_event_consumers.consumer IS
'The name by which it polls.';
COMMENT ON COLUMN host.referral_event_consumers.created_at IS
'When it first polled.';
COMMENT ON COLUMN host.referral_event_consumers.last_poll IS
'When it last polled, to within ten seconds.';
COMMENT ON COLUMN host.referral_event_consumers.filled_to IS
'Up to which event its deliveries have been filled in; NULL: there is nothing to fill in any more.';
COMMENT ON COLUMN host.referral_event_consumers.fill_to IS
'Up to which event they are to be.';
COMMENT ON COLUMN host.referral_event_consumers.since IS
'The newest event of its first poll, once all up to it are filled in and what came since is looked through; NULL before.';
COMMENT ON COLUMN host.referral_event_consumers.awaits IS
'Transactions that may have written events without knowing of it, and had not ended.';
