CREATE FUNCTION referral_require_at_signup(
       users    regclass,
       user_key name DEFAULT 'uuid')
RETURNS boolean
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_attach_at_signup_wrapper';

COMMENT ON FUNCTION referral_require_at_signup(regclass, name) IS
'Attaches a deferred constraint trigger to a table of users: while the setting referral_codes_required is true, a transaction that inserts a user without a redemption of theirs fails at commit with RF011. The referral tables are those in the users'' schema or, where it has none, those that referrals.schema names now. False where the trigger was attached so already; one with another user_key is replaced. Errors: 22023 user_key is no column of type uuid.';

CREATE FUNCTION referral_unrequire_at_signup(
       users regclass)
RETURNS boolean
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_unrequire_at_signup_wrapper';

COMMENT ON FUNCTION referral_unrequire_at_signup(regclass) IS
'Removes the trigger of referral_require_at_signup; false where there was none.';
