CREATE FUNCTION referral_written_by_hand()
RETURNS boolean
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_written_by_hand_wrapper';

COMMENT ON FUNCTION referral_written_by_hand() IS
'Whether the statement that runs is not one of the extension''s own. A guard that fires for statements asks it; elsewhere it is always true.';

CREATE FUNCTION referral_guard_code()
RETURNS trigger
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_guard_code_wrapper';

COMMENT ON FUNCTION referral_guard_code() IS
'Trigger on codes: settles how a code is spelt before it is written, normalised or as the row has it that holds it already; locks the creator where the setting referral_guard_user_limit has the guards hold that limit.';

CREATE FUNCTION referral_guard_code_written()
RETURNS trigger
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_guard_code_written_wrapper';

COMMENT ON FUNCTION referral_guard_code_written() IS
'Trigger on codes, after the row is written: holds the limits on what the statement has changed (23514, the column is named; 23505 a code that differs by case alone; RF004; RF008 where referral_guard_user_limit is true), every field rule where referral_guards_judge_all is true, and moves a code''s uses where a beneficiary brings it into the program default.';

CREATE FUNCTION referral_guard_claim()
RETURNS trigger
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_guard_claim_wrapper';

COMMENT ON FUNCTION referral_guard_claim() IS
'Trigger on codes: keeps number_of_uses from being raised past max_uses (RF004) and from falling below 0 (23514), and notes a raise as a use that an INSERT into usage may spend in the same transaction.';

CREATE FUNCTION referral_guard_usage_lock()
RETURNS trigger
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_guard_usage_lock_wrapper';

COMMENT ON FUNCTION referral_guard_usage_lock() IS
'Trigger on usage: locks the code''s row before a usage row is inserted, and knows an UPDATE that moves a row to another partition.';

CREATE FUNCTION referral_guard_usage()
RETURNS trigger
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_guard_usage_wrapper';

COMMENT ON FUNCTION referral_guard_usage() IS
'Trigger on usage: makes a redemption of an inserted row, held to the limits (RF001 to RF005, RF015) or, where referral_guards_judge_all is true, to every rule. Spends the use that the same transaction has taken by its own UPDATE of number_of_uses, or takes one; a row of more than an hour ago is history, and fills what number_of_uses says more than there are rows first.';

CREATE FUNCTION referral_guard_ledger()
RETURNS trigger
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_guard_ledger_wrapper';

COMMENT ON FUNCTION referral_guard_ledger() IS
'Trigger on rewards, decisions and payouts: refuses INSERT, UPDATE, DELETE and TRUNCATE that are not the functions'' own (42501).';

CREATE FUNCTION referral_fact_changed()
RETURNS trigger
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_fact_changed_wrapper';

COMMENT ON FUNCTION referral_fact_changed() IS
'Trigger on settings, programs and stripes, also in replicas: tells every backend, as the transaction commits, that what it keeps of the table has changed. A redemption looks up nothing of the kind by itself where it stands.';

CREATE FUNCTION referral_facts_truncated()
RETURNS trigger
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_facts_truncated_wrapper';

COMMENT ON FUNCTION referral_facts_truncated() IS
'Trigger on settings, programs and stripes, also in replicas: what referral_fact_changed() does for a row, for TRUNCATE.';
