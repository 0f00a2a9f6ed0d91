CREATE FUNCTION referral_update_code(
       code_uuid            uuid,
       changes              jsonb,
       OUT uuid             uuid,
       OUT code             text,
       OUT description      text,
       OUT status           boolean,
       OUT number_of_uses   integer,
       OUT max_uses         integer,
       OUT created_by_uuid  uuid,
       OUT beneficiary_uuid uuid,
       OUT date_created     timestamptz,
       OUT expiration_date  timestamptz,
       OUT remaining_uses   integer,
       OUT state            text)
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_update_code_wrapper';

COMMENT ON FUNCTION referral_update_code(uuid, jsonb) IS
'Changes a code and returns its row. Keys of changes are column names: code, description, status, max_uses, created_by_uuid, beneficiary_uuid, date_created, expiration_date. A rule applies only to a value that changes, so that an expired code, or one over a lowered limit, stays editable. Errors: RF001 no such code, 22023 an unknown key, 23514 a field breaks a rule, 23505 the code is taken, RF008 the new creator has as many codes as allowed.';

CREATE FUNCTION referral_delete_code(
       code_uuid uuid)
RETURNS boolean
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_delete_code_wrapper';

COMMENT ON FUNCTION referral_delete_code(uuid) IS
'Deletes a code and its usage rows; false where there was none.';

CREATE FUNCTION referral_deactivate_code(
       code text)
RETURNS boolean
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_deactivate_code_wrapper';

COMMENT ON FUNCTION referral_deactivate_code(text) IS
'Sets status to false, so that the code is refused with RF002; false where there is no such code.';

CREATE FUNCTION referral_code_errors(
       attributes jsonb,
       code_uuid  uuid DEFAULT NULL)
RETURNS TABLE (
       field   text,
       message text)
LANGUAGE c STABLE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_code_errors_wrapper';

COMMENT ON FUNCTION referral_code_errors(jsonb, uuid) IS
'A dry run of referral_create_code or, with a code_uuid, of referral_update_code: every rule that the attributes break, in Ecto''s wording. No row means valid at the time of asking. Errors: RF001 no such code.';
