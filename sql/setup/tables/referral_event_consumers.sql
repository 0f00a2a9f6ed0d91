-- Who polls for events. From its first poll on each event has a delivery for it.
CREATE TABLE host.referral_event_consumers (
       consumer   text        NOT NULL,
       created_at timestamptz NOT NULL,
       CONSTRAINT referral_event_consumers_pkey PRIMARY KEY (consumer)
)
