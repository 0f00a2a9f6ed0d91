CREATE FUNCTION referral_record_purchase(
       referee_uuid        uuid,
       source_ref          text,
       amount              numeric,
       currency            text DEFAULT 'USD',
       source_type         text DEFAULT 'order',
       OUT rewarded        boolean,
       OUT reason          text,
       OUT conversion_uuid uuid,
       OUT referrer_uuid   uuid,
       OUT referrer_reward numeric,
       OUT referee_reward  numeric)
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_record_purchase_wrapper';

COMMENT ON FUNCTION referral_record_purchase(uuid, text, numeric, text, text) IS
'For the payment webhook: finds the earliest redemption of the buyer whose code has a referrer, applies the rules of its program, records the conversion and rewards both sides, all or nothing, once however often the webhook repeats. Reasons: rewarded, pending_review (recorded, a reviewer has the last word), duplicate (recorded before: the row names the first), and without any record not_referred, program_not_active, outside_window, currency_mismatch, below_minimum, not_first_purchase. Amounts are in the program''s currency. Errors: RF014 the source was recorded with another referee, amount or currency, 22023 an argument out of range.';
