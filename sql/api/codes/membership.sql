CREATE FUNCTION referral_assign_program(
       code_uuid uuid,
       program   text)
RETURNS boolean
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_move_to_program_wrapper';

COMMENT ON FUNCTION referral_assign_program(uuid, text) IS
'Puts a code into a program, out of the one it was in; its uses go with it. False where it was assigned to that one: it stays as it is. It is nobody''s own code of referral_code_for after that. Errors: RF001 no such code, 22023 no such program, RF004 the program has no room for the code''s uses.';

CREATE FUNCTION referral_resolve(
       code text)
RETURNS TABLE (
       referrer_uuid uuid,
       owner_type    text,
       code_uuid     uuid,
       program       text)
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_resolve_wrapper';

COMMENT ON FUNCTION referral_resolve(text) IS
'Whose code that is, and in which program. No row for an unknown or deactivated code, and for one without a beneficiary. A code with a beneficiary that was never assigned belongs to the program default.';
