CREATE FUNCTION referral_get_conversion(
       conversion_uuid uuid)
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
AS 'MODULE_PATHNAME', 'referral_get_conversion_wrapper';

COMMENT ON FUNCTION referral_get_conversion(uuid) IS
'A conversion by its id; no row for an unknown one.';

CREATE FUNCTION referral_conversion_of(
       source_ref  text,
       source_type text DEFAULT 'order')
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
AS 'MODULE_PATHNAME', 'referral_conversion_of_wrapper';

COMMENT ON FUNCTION referral_conversion_of(text, text) IS
'The conversion of a sale or purchase, by what the application calls it; no row where there is none. source_type is trimmed and lower-cased.';

CREATE FUNCTION referral_list_conversions(
       filter     jsonb DEFAULT '{}',
       max_rows   integer DEFAULT 50,
       after_uuid uuid DEFAULT NULL)
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
AS 'MODULE_PATHNAME', 'referral_list_conversions_wrapper';

COMMENT ON FUNCTION referral_list_conversions(jsonb, integer, uuid) IS
'Conversions, newest first, narrowed by each key of filter: program, status, reason, waiting (whether a decision is due: a review, or a chain of approvals), approver_uuid (a step of a chain waits for that person), referrer_uuid, referee_uuid. max_rows NULL: all. after_uuid: the last row of the page before. Errors: 22023 an unknown key, a value that a key cannot have, after_uuid names no conversion.';

CREATE FUNCTION referral_list_for_referrer(
       referrer_uuid uuid,
       status        text DEFAULT NULL,
       max_rows      integer DEFAULT 50,
       after_uuid    uuid DEFAULT NULL)
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
AS 'MODULE_PATHNAME', 'referral_list_for_referrer_after_wrapper';

COMMENT ON FUNCTION referral_list_for_referrer(uuid, text, integer, uuid) IS
'The conversions of a referrer, newest first; of one status where it is given. max_rows NULL: all. after_uuid: the last row of the page before. Errors: 22023 no such status, after_uuid names no conversion.';

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
