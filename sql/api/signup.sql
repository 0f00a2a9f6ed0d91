CREATE FUNCTION referral_check_signup(
       code          text,
       client_key    text DEFAULT NULL,
       OUT ok        boolean,
       OUT code_uuid uuid,
       OUT message   text)
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_check_signup_wrapper';

COMMENT ON FUNCTION referral_check_signup(text, text) IS
'Checks the code that a person typed who wants to sign up, and takes no use. Every unusable code gets the same message, so that it tells nobody which codes exist. Where client_key names the client (an address, a session), more checks a minute than the setting referral_check_limit (20) are refused. Refusals are returned, never raised, so that the count of attempts is kept.';

CREATE FUNCTION referral_guard_signup()
RETURNS trigger
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_guard_signup_wrapper';

COMMENT ON FUNCTION referral_guard_signup() IS
'Constraint trigger on users: refuses a user without a redemption while codes are required (RF011).';
