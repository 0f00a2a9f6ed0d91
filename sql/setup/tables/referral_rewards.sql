-- The ledger: a positive row grants, a negative row takes back from the grant that it names. Rows are only
-- ever added. A reversal is available from the moment that its grant is, so that the two cancel out.
CREATE TABLE host.referral_rewards (
       uuid            uuid          NOT NULL,
       conversion_uuid uuid          NOT NULL,
       program         text          NOT NULL,
       side            text          NOT NULL,
       user_uuid       uuid          NOT NULL,
       amount          numeric(20,4) NOT NULL,
       currency        text          NOT NULL,
       created_at      timestamptz   NOT NULL,
       available_at    timestamptz   NOT NULL,
       reverses_uuid   uuid,
       reason          text,
       CONSTRAINT referral_rewards_pkey PRIMARY KEY (uuid),
       CONSTRAINT referral_rewards_conversion_fkey FOREIGN KEY (conversion_uuid)
                  REFERENCES host.referral_conversions (uuid),
       CONSTRAINT referral_rewards_reverses_fkey FOREIGN KEY (reverses_uuid)
                  REFERENCES host.referral_rewards (uuid),
       CONSTRAINT referral_rewards_side_check CHECK (side IN ('referrer', 'referee')),
       CONSTRAINT referral_rewards_amount_check
            CHECK (amount <> 0 AND (amount < 0) = (reverses_uuid IS NOT NULL))
);

CREATE UNIQUE INDEX referral_rewards_grant_uidx
    ON host.referral_rewards (conversion_uuid, side) WHERE reverses_uuid IS NULL;

CREATE INDEX referral_rewards_conversion_idx
    ON host.referral_rewards (conversion_uuid);

CREATE INDEX referral_rewards_user_idx
    ON host.referral_rewards (user_uuid, currency, available_at) INCLUDE (amount, reverses_uuid);
