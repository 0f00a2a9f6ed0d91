-- The search_path is set so that nothing of the caller's takes the place of what is granted.

CREATE FUNCTION referral_grant(
       grantee       name,
       task          text,
       target_schema name DEFAULT NULL)
RETURNS TABLE (
       object    text,
       privilege text)
LANGUAGE c VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'referral_grant_wrapper';

COMMENT ON FUNCTION referral_grant(name, text, name) IS
'Gives a role the rights that the functions of a task touch, on the referral tables of a schema (NULL: the setting referrals.schema), and no more: read, redeem (and undo), create, edit, signup, sell, review, pay, consume (events), manage (programs, settings, all of these). To be run by the tables'' owner. One row a right. Errors: 42704 no such role, 22023 no such task, 42P01 and 55000 tables that setup has yet to see to.';

CREATE FUNCTION referral_revoke(
       grantee       name,
       task          text,
       target_schema name DEFAULT NULL)
RETURNS TABLE (
       object    text,
       privilege text)
LANGUAGE c VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp
AS 'MODULE_PATHNAME', 'referral_revoke_wrapper';

COMMENT ON FUNCTION referral_revoke(name, text, name) IS
'Takes from a role exactly the rights on tables that referral_grant gives for the task, also those that another task of the role''s needs: grant that one again. USAGE of the schemas stays. One row a right taken.';
