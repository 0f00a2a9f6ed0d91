CREATE FUNCTION referral_enabled()
RETURNS boolean
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_enabled_wrapper';

COMMENT ON FUNCTION referral_enabled() IS
'Whether referral codes are switched on: the setting referral_codes_enabled, false where absent.';

CREATE FUNCTION referral_enable_system()
RETURNS boolean
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_enable_system_wrapper';

COMMENT ON FUNCTION referral_enable_system() IS
'Switches referral codes on; returns true.';

CREATE FUNCTION referral_disable_system()
RETURNS boolean
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_disable_system_wrapper';

COMMENT ON FUNCTION referral_disable_system() IS
'Switches referral codes off: every redemption is refused with RF007; returns false.';

CREATE FUNCTION referral_required()
RETURNS boolean
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_required_wrapper';

COMMENT ON FUNCTION referral_required() IS
'Whether registration needs a code: the setting referral_codes_required, false where absent.';

CREATE FUNCTION referral_set_required(
       required boolean)
RETURNS boolean
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_set_required_wrapper';

COMMENT ON FUNCTION referral_set_required(boolean) IS
'Sets whether registration needs a code; returns the value now.';

CREATE FUNCTION referral_grandfather_existing()
RETURNS boolean
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_grandfather_existing_wrapper';

COMMENT ON FUNCTION referral_grandfather_existing() IS
'Whether accounts from before codes were required keep their access: the setting referral_grandfather_existing, true where absent. The host''s gate reads it.';

CREATE FUNCTION referral_set_grandfather_existing(
       value boolean)
RETURNS boolean
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_set_grandfather_existing_wrapper';

COMMENT ON FUNCTION referral_set_grandfather_existing(boolean) IS
'Sets whether accounts from before codes were required keep their access; returns the value now.';

CREATE FUNCTION referral_max_uses_per_code()
RETURNS integer
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_max_uses_per_code_wrapper';

COMMENT ON FUNCTION referral_max_uses_per_code() IS
'The most uses a new code may have: the setting max_number_of_uses_per_code, 100 where absent.';

CREATE FUNCTION referral_set_max_uses_per_code(
       max_uses integer)
RETURNS integer
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_set_max_uses_per_code_wrapper';

COMMENT ON FUNCTION referral_set_max_uses_per_code(integer) IS
'Sets the most uses a new code may have; returns the value now. Codes that have more keep them. Errors: 22023 not positive.';

CREATE FUNCTION referral_max_codes_per_user()
RETURNS integer
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_max_codes_per_user_wrapper';

COMMENT ON FUNCTION referral_max_codes_per_user() IS
'How many codes one user may create: the setting max_number_of_codes_per_user, 10 where absent.';

CREATE FUNCTION referral_set_max_codes_per_user(
       max_codes integer)
RETURNS integer
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_set_max_codes_per_user_wrapper';

COMMENT ON FUNCTION referral_set_max_codes_per_user(integer) IS
'Sets how many codes one user may create; returns the value now. Errors: 22023 not positive.';

CREATE FUNCTION referral_config(
       OUT enabled            boolean,
       OUT required           boolean,
       OUT max_uses_per_code  integer,
       OUT max_codes_per_user integer)
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_config_wrapper';

COMMENT ON FUNCTION referral_config() IS
'The four settings in one row.';
