-- An event that a consumer has not acknowledged yet; leased to whoever polled for it until leased_until.
-- Written with the event itself: an event that becomes visible late, behind newer ones, is delivered late and
-- not passed over.
CREATE TABLE host.referral_event_deliveries (
       consumer     text        NOT NULL,
       event_id     bigint      NOT NULL,
       leased_until timestamptz NOT NULL,
       CONSTRAINT referral_event_deliveries_pkey PRIMARY KEY (consumer, event_id)
)
