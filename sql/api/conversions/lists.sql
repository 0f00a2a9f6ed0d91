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
