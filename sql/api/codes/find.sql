CREATE FUNCTION referral_find_codes(
       filter     jsonb DEFAULT '{}',
       max_rows   integer DEFAULT 100,
       after_uuid uuid DEFAULT NULL)
RETURNS TABLE (
       uuid             uuid,
       code             text,
       description      text,
       status           boolean,
       number_of_uses   integer,
       max_uses         integer,
       created_by_uuid  uuid,
       beneficiary_uuid uuid,
       date_created     timestamptz,
       expiration_date  timestamptz,
       remaining_uses   integer,
       state            text)
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_find_codes_wrapper';

COMMENT ON FUNCTION referral_find_codes(jsonb, integer, uuid) IS
'Codes that fit all of the filter, newest first; NULL rows means all. Keys: prefix (of the code, ignoring case), state, program (of a code that belongs to it, also by its beneficiary), created_by_uuid, beneficiary_uuid, metadata (an object that the code''s metadata contains). after_uuid is the last code of the page before. Errors: 22023 an unknown key or a value of no use in filter, after_uuid names no code, or max_rows is negative.';
