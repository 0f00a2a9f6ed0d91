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

CREATE FUNCTION referral_require_at_signup(
       users    regclass,
       user_key name DEFAULT 'uuid')
RETURNS void
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_require_at_signup_wrapper';

COMMENT ON FUNCTION referral_require_at_signup(regclass, name) IS
'Attaches a deferred constraint trigger to a table of users: while the setting referral_codes_required is true, a transaction that inserts a user without a redemption of theirs fails at commit with RF011. The referral tables are those in the users'' schema or, where it has none, those that referrals.schema names now. Errors: 22023 user_key is no column of type uuid.';

CREATE FUNCTION referral_unrequire_at_signup(
       users regclass)
RETURNS boolean
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_unrequire_at_signup_wrapper';

COMMENT ON FUNCTION referral_unrequire_at_signup(regclass) IS
'Removes the trigger of referral_require_at_signup; false where there was none.';

CREATE FUNCTION referral_guard_signup()
RETURNS trigger
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_guard_signup_wrapper';

COMMENT ON FUNCTION referral_guard_signup() IS
'Constraint trigger on users: refuses a user without a redemption while codes are required (RF011).';
