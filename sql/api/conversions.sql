CREATE FUNCTION referral_attribute_sale(
       code         text,
       referee_uuid uuid,
       source_ref   text,
       source_type  text DEFAULT 'order',
       amount       numeric DEFAULT NULL,
       currency     text DEFAULT NULL)
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
AS 'MODULE_PATHNAME', 'referral_attribute_sale_wrapper';

COMMENT ON FUNCTION referral_attribute_sale(text, uuid, text, text, numeric, text) IS
'Records a sale that carries a code. It is no redemption: no usage row, no cap of uses. No row for an unknown, inactive or expired code and for one without a beneficiary: the sale goes on. rewarded and reason say whether the program rewards it (rewarded, pending_review, below_minimum, not_first_purchase, currency_mismatch, program_not_active); without an amount no minimum is met, without a currency it is the program''s. A repeat for the same source_type and source_ref returns the first row. Errors: RF014 a repeat with another code, referee, amount or currency, RF006 the buyer''s own code, 22023 an argument out of range.';

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

CREATE FUNCTION referral_list_for_referrer(
       referrer_uuid uuid,
       status        text DEFAULT NULL,
       max_rows      integer DEFAULT 50,
       before        timestamptz DEFAULT NULL)
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
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_list_for_referrer_wrapper';

COMMENT ON FUNCTION referral_list_for_referrer(uuid, text, integer, timestamptz) IS
'The conversions of a referrer, newest first; of one status where it is given, and older than before for the next page. Errors: 22023 no such status.';

CREATE FUNCTION referral_recent_conversions(
       max_rows integer DEFAULT 20)
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
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_recent_conversions_wrapper';

COMMENT ON FUNCTION referral_recent_conversions(integer) IS
'The newest conversions of all programs, newest first.';

CREATE FUNCTION referral_balance(
       user_uuid uuid)
RETURNS TABLE (
       currency  text,
       earned    numeric,
       available numeric,
       held      numeric,
       reversed  numeric)
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_balance_wrapper';

COMMENT ON FUNCTION referral_balance(uuid) IS
'What the ledger says of a user, a row for each currency: earned (granted less reversed) is available (its hold period is over) plus held; reversed is what was taken back.';
