-- The ledger: a positive row grants, a negative row takes back from the grant that it names. Rows are only
-- ever added. A reversal is available from the moment that its grant is, so that the two cancel out.
CREATE TABLE host.referral_rewards (
       uuid            uuid                     NOT NULL,
       conversion_uuid uuid                     NOT NULL,
       program         text                     NOT NULL,
       side            text                     NOT NULL,
       user_uuid       uuid                     NOT NULL,
       amount          numeric(20,4)            NOT NULL,
       currency        text                     NOT NULL,
       created_at      timestamp with time zone NOT NULL,
       available_at    timestamp with time zone NOT NULL,
       reverses_uuid   uuid,
       reason          text,
       CONSTRAINT referral_rewards_pkey PRIMARY KEY (uuid),
       CONSTRAINT referral_rewards_conversion_fkey FOREIGN KEY (conversion_uuid)
                  REFERENCES host.referral_conversions(uuid),
       CONSTRAINT referral_rewards_reverses_fkey FOREIGN KEY (reverses_uuid)
                  REFERENCES host.referral_rewards(uuid),
       CONSTRAINT referral_rewards_side_check
            CHECK ((side = ANY (ARRAY['referrer'::text, 'referee'::text]))),
       CONSTRAINT referral_rewards_amount_check
            CHECK (((amount <> (0)::numeric) AND ((amount < (0)::numeric) = (reverses_uuid IS NOT NULL))))
);

CREATE UNIQUE INDEX referral_rewards_grant_uidx
    ON host.referral_rewards USING btree (conversion_uuid, side)
 WHERE (reverses_uuid IS NULL);

CREATE INDEX referral_rewards_conversion_idx
    ON host.referral_rewards USING btree (conversion_uuid);

CREATE INDEX referral_rewards_user_idx
    ON host.referral_rewards USING btree (user_uuid, currency, available_at) INCLUDE (amount, reverses_uuid);

COMMENT ON TABLE host.referral_rewards IS
'The ledger: a positive row grants, a negative row takes back from the grant that it names. Rows are only ever added.';
COMMENT ON COLUMN host.referral_rewards.uuid IS
'The row''s id.';
COMMENT ON COLUMN host.referral_rewards.conversion_uuid IS
'The conversion that it is for.';
COMMENT ON COLUMN host.referral_rewards.program IS
'The program, by its key.';
COMMENT ON COLUMN host.referral_rewards.side IS
'referrer or referee.';
COMMENT ON COLUMN host.referral_rewards.user_uuid IS
'Whose reward it is.';
COMMENT ON COLUMN host.referral_rewards.amount IS
'What is granted, or, below zero, taken back.';
COMMENT ON COLUMN host.referral_rewards.currency IS
'Its currency.';
COMMENT ON COLUMN host.referral_rewards.created_at IS
'When the row was written.';
COMMENT ON COLUMN host.referral_rewards.available_at IS
'From when on it counts as available; a reversal''s is its grant''s, so that the two cancel out.';
COMMENT ON COLUMN host.referral_rewards.reverses_uuid IS
'The grant that the row takes back from; NULL: it is a grant.';
COMMENT ON COLUMN host.referral_rewards.reason IS
'Why it was taken back.';
