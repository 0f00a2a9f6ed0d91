CREATE FUNCTION referral_attribute_sale(
       code         text,
       referee_uuid uuid,
       source_ref   text,
       source_type  text DEFAULT 'order',
       amount       numeric DEFAULT NULL,
       currency     text DEFAULT NULL,
       occurred_at  timestamptz DEFAULT NULL)
RETURNS TABLE (
       uuid            uuid,
       program         text,
       code_uuid       uuid,
       referrer_uuid   uuid,
       owner_type      text,
       referee_uuid    uuid,
       source_type     text,
       source_ref      text,
       amount          numeric,
       currency        text,
       status          text,
       rewarded        boolean,
       reason          text,
       referrer_reward numeric,
       referee_reward  numeric,
       converted_at    timestamptz,
       decided_at      timestamptz,
       decided_by      uuid,
       decision_reason text)
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_attribute_sale_once_wrapper';

COMMENT ON FUNCTION referral_attribute_sale(text, uuid, text, text, numeric, text, timestamptz) IS
'Records a sale that carries a code. It is no redemption: no usage row, no cap of uses. No row for an unknown, inactive or expired code and for one without a beneficiary: the sale goes on. rewarded and reason say whether the program rewards it, as of occurred_at (NULL, or ahead of the clock: now), by the reasons of referral_record_purchase. Without an amount no minimum is met, without a currency it is the program''s; a repeat that brings what was missing completes the sale, which is judged then. Any other repeat for the same source_type and source_ref, whichever function told it, returns the first row. Errors: RF014 a repeat with another code, referee, amount or currency, RF006 the buyer''s own code, 22023 an argument out of range.';
