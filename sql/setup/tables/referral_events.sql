-- The outbox: what has happened, told in the transaction in which it happened.
CREATE TABLE host.referral_events (
       id         bigint                   NOT NULL GENERATED ALWAYS AS IDENTITY,
       type       text                     NOT NULL,
       payload    jsonb                    NOT NULL,
       created_at timestamp with time zone NOT NULL,
       CONSTRAINT referral_events_pkey PRIMARY KEY (id)
);

CREATE INDEX referral_events_created_at_idx
    ON host.referral_events USING btree (created_at);

GRANT SELECT (id), INSERT (type, payload, created_at)
   ON host.referral_events
   TO writers_of_phoenix_kit_referral_code_usage;

GRANT SELECT (id), INSERT (type, payload, created_at)
   ON host.referral_events
   TO writers_of_phoenix_kit_referral_codes;

GRANT SELECT (id), INSERT (type, payload, created_at)
   ON host.referral_events
   TO changers_of_phoenix_kit_referral_codes;

COMMENT ON TABLE host.referral_events IS
'The outbox: what has happened, told in the transaction in which it happened.';
COMMENT ON COLUMN host.referral_events.id IS
'Grows with every event.';
COMMENT ON COLUMN host.referral_events.type IS
'What has happened, as code.used.';
COMMENT ON COLUMN host.referral_events.payload IS
'Of what and whom.';
COMMENT ON COLUMN host.referral_events.created_at IS
'When it was told.';
