-- An event that a consumer has not acknowledged yet; leased to whoever polled for it until leased_until.
-- Written with the event itself: an event that becomes visible late, behind newer ones, is delivered late and
-- not passed over.
CREATE TABLE host.referral_event_deliveries (
       consumer     text                     NOT NULL,
       event_id     bigint                   NOT NULL,
       leased_until timestamp with time zone NOT NULL,
       attempts     integer                  NOT NULL DEFAULT 0,
       CONSTRAINT referral_event_deliveries_pkey PRIMARY KEY (consumer, event_id)
);

GRANT INSERT (consumer, event_id, leased_until)
   ON host.referral_event_deliveries
   TO writers_of_phoenix_kit_referral_code_usage;

GRANT INSERT (consumer, event_id, leased_until)
   ON host.referral_event_deliveries
   TO writers_of_phoenix_kit_referral_codes;

GRANT INSERT (consumer, event_id, leased_until)
   ON host.referral_event_deliveries
   TO changers_of_phoenix_kit_referral_codes;

COMMENT ON TABLE host.referral_event_deliveries IS
'An event that a consumer has not acknowledged yet. Written with the event itself, so that one that becomes visible late is delivered late and not passed over.';
COMMENT ON COLUMN host.referral_event_deliveries.consumer IS
'Who is to have it.';
COMMENT ON COLUMN host.referral_event_deliveries.event_id IS
'The event.';
COMMENT ON COLUMN host.referral_event_deliveries.leased_until IS
'Until when it is leased to whoever polled for it; infinity: acknowledged, and kept until the consumer has everything filled in.';
COMMENT ON COLUMN host.referral_event_deliveries.attempts IS
'How often it has been leased.';
