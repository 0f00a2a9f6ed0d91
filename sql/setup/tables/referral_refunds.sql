-- Each refund that was told, and what it took back, once: also before its purchase is told.
CREATE TABLE host.referral_refunds (
       source_type     text                     NOT NULL,
       source_ref      text                     NOT NULL,
       refund_ref      text                     NOT NULL,
       amount          numeric(20,4),
       reason          text,
       told_at         timestamp with time zone NOT NULL,
       conversion_uuid uuid,
       status          text,
       referrer_taken  numeric(20,4)            NOT NULL,
       referee_taken   numeric(20,4)            NOT NULL,
       CONSTRAINT referral_refunds_pkey PRIMARY KEY (source_type, source_ref, refund_ref)
);

COMMENT ON TABLE host.referral_refunds IS
'Each refund that was told, and what it took back.';
COMMENT ON COLUMN host.referral_refunds.source_type IS
'What source_ref refers to, as in referral_purchases.';
COMMENT ON COLUMN host.referral_refunds.source_ref IS
'The purchase or sale that it is of.';
COMMENT ON COLUMN host.referral_refunds.refund_ref IS
'The refund, as the application calls it.';
COMMENT ON COLUMN host.referral_refunds.amount IS
'What was refunded; NULL: all of a purchase whose amount is not known yet, or a reversal by hand.';
COMMENT ON COLUMN host.referral_refunds.reason IS
'Why.';
COMMENT ON COLUMN host.referral_refunds.told_at IS
'When it was told.';
COMMENT ON COLUMN host.referral_refunds.conversion_uuid IS
'The conversion that it took from.';
COMMENT ON COLUMN host.referral_refunds.status IS
'The conversion''s status after it.';
COMMENT ON COLUMN host.referral_refunds.referrer_taken IS
'What the referrer gave back.';
COMMENT ON COLUMN host.referral_refunds.referee_taken IS
'What the buyer gave back.';
