CREATE FUNCTION referral_written_by_hand()
RETURNS boolean
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_written_by_hand_wrapper';

COMMENT ON FUNCTION referral_written_by_hand() IS
'Whether the statement that runs is not one of the extension''s own. The guards ask it before they fire; elsewhere it is always true.';

CREATE FUNCTION referral_guard_code()
RETURNS trigger
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_guard_code_wrapper';

COMMENT ON FUNCTION referral_guard_code() IS
'Trigger on codes: normalises the code, holds the field rules for values that change (23514, the column is named; 23505 a code that differs by case alone).';

CREATE FUNCTION referral_guard_code_written()
RETURNS trigger
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_guard_code_written_wrapper';

COMMENT ON FUNCTION referral_guard_code_written() IS
'Trigger on codes, after the row is written: holds the limit of codes a user may create (RF008), and moves a code''s uses where a beneficiary brings it into the program default.';

CREATE FUNCTION referral_guard_claim()
RETURNS trigger
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_guard_claim_wrapper';

COMMENT ON FUNCTION referral_guard_claim() IS
'Trigger on codes: keeps number_of_uses from being raised past max_uses (RF004), and notes a raise as a use that an INSERT into usage may spend in the same transaction.';

CREATE FUNCTION referral_guard_usage_lock()
RETURNS trigger
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_guard_usage_lock_wrapper';

COMMENT ON FUNCTION referral_guard_usage_lock() IS
'Trigger on usage: locks the code''s row before a usage row is inserted.';

CREATE FUNCTION referral_guard_usage()
RETURNS trigger
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_guard_usage_wrapper';

COMMENT ON FUNCTION referral_guard_usage() IS
'Trigger on usage: makes a redemption of an inserted row, with every refusal of referral_use_code. Spends the use that the same transaction has taken by its own UPDATE of number_of_uses, or takes one.';

CREATE FUNCTION referral_guard_ledger()
RETURNS trigger
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_guard_ledger_wrapper';

COMMENT ON FUNCTION referral_guard_ledger() IS
'Trigger on rewards: refuses UPDATE, DELETE and TRUNCATE (42501).';
