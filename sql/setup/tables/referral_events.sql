-- The outbox: what has happened, told in the transaction in which it happened.
CREATE TABLE host.referral_events (
       id         bigint      NOT NULL GENERATED ALWAYS AS IDENTITY,
       type       text        NOT NULL,
       payload    jsonb       NOT NULL,
       created_at timestamptz NOT NULL,
       CONSTRAINT referral_events_pkey PRIMARY KEY (id)
);

CREATE INDEX referral_events_created_at_idx
    ON host.referral_events (created_at);
