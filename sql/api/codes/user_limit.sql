CREATE FUNCTION referral_count_user_codes(
       user_uuid uuid)
RETURNS bigint
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_count_user_codes_wrapper';

COMMENT ON FUNCTION referral_count_user_codes(uuid) IS
'How many codes the user has created.';

CREATE FUNCTION referral_validate_user_code_limit(
       user_uuid uuid)
RETURNS boolean
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_validate_user_code_limit_wrapper';

COMMENT ON FUNCTION referral_validate_user_code_limit(uuid) IS
'Whether the user may create one more code, by the setting max_number_of_codes_per_user. A dry look: only a creation holds the limit.';
