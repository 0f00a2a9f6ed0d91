-- Each purchase and sale that was told, with its verdict: one row a source, whichever function told it. A refund that
-- comes before its purchase makes the row; the purchase is told into it.
CREATE TABLE host.referral_purchases (
       source_type     text                     NOT NULL,
       source_ref      text                     NOT NULL,
       referee_uuid    uuid,
       amount          numeric(20,4),
       currency        text,
       occurred_at     timestamp with time zone,
       told_at         timestamp with time zone,
       code            text,
       program         text,
       reason          text,
       conversion_uuid uuid,
       referrer_uuid   uuid,
       referrer_reward numeric(20,4),
       referee_reward  numeric(20,4),
       refunded        numeric(20,4)            NOT NULL DEFAULT 0,
       refunded_before numeric(20,4)            NOT NULL DEFAULT 0,
       is_refunded     boolean                  NOT NULL DEFAULT false,
       is_forgotten    boolean                  NOT NULL DEFAULT false,
       CONSTRAINT referral_purchases_pkey PRIMARY KEY (source_type, source_ref)
);

CREATE INDEX referral_purchases_referee_idx
    ON host.referral_purchases USING btree (referee_uuid, occurred_at);

CREATE INDEX referral_purchases_referrer_idx
    ON host.referral_purchases USING btree (referrer_uuid)
 WHERE (referrer_uuid IS NOT NULL);

COMMENT ON TABLE host.referral_purchases IS
'Each purchase and sale that was told, with its verdict.';
COMMENT ON COLUMN host.referral_purchases.source_type IS
'What source_ref refers to: order, or a word of the application''s; in lower case.';
COMMENT ON COLUMN host.referral_purchases.source_ref IS
'The purchase or sale, as the application calls it.';
COMMENT ON COLUMN host.referral_purchases.referee_uuid IS
'Who bought; NULL: only refunds are known.';
COMMENT ON COLUMN host.referral_purchases.amount IS
'The amount as it was told; NULL: not known yet.';
COMMENT ON COLUMN host.referral_purchases.currency IS
'Its currency; NULL: none was told, and no program had one to take it for.';
COMMENT ON COLUMN host.referral_purchases.occurred_at IS
'When it was made, as the caller says: what it is judged as of.';
COMMENT ON COLUMN host.referral_purchases.told_at IS
'When it was told; NULL: only refunds are known.';
COMMENT ON COLUMN host.referral_purchases.code IS
'The code that the sale carried; NULL: it was told as a purchase.';
COMMENT ON COLUMN host.referral_purchases.program IS
'The program that it fell to; NULL: none.';
COMMENT ON COLUMN host.referral_purchases.reason IS
'The verdict.';
COMMENT ON COLUMN host.referral_purchases.conversion_uuid IS
'The conversion that came of it.';
COMMENT ON COLUMN host.referral_purchases.referrer_uuid IS
'Who has referred the buyer.';
COMMENT ON COLUMN host.referral_purchases.referrer_reward IS
'What was promised the referrer.';
COMMENT ON COLUMN host.referral_purchases.referee_reward IS
'What was promised the buyer.';
COMMENT ON COLUMN host.referral_purchases.refunded IS
'What was refunded of it.';
COMMENT ON COLUMN host.referral_purchases.refunded_before IS
'What of that was refunded before it was judged: it was judged less that.';
COMMENT ON COLUMN host.referral_purchases.is_refunded IS
'Whether all of it was.';
COMMENT ON COLUMN host.referral_purchases.is_forgotten IS
'Whether the buyer was forgotten: a repeat is known by its reference alone.';
