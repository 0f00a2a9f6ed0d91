CREATE FUNCTION referral_set_code_metadata(
       code_uuid uuid,
       metadata  jsonb)
RETURNS boolean
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_set_code_metadata_wrapper';

COMMENT ON FUNCTION referral_set_code_metadata(uuid, jsonb) IS
'Keeps what the application knows of a code, a JSON object, in place of what was kept before; NULL removes it. False where there is no such code. It waits for no redemption, and none for it. Errors: 22023 metadata is no object, or nested deeper than 64 levels.';

CREATE FUNCTION referral_code_metadata(
       code_uuid uuid)
RETURNS jsonb
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_code_metadata_wrapper';

COMMENT ON FUNCTION referral_code_metadata(uuid) IS
'What the application knows of a code; NULL where nothing is kept, and for an unknown code.';
