CREATE FUNCTION referral_history(
       conversion_uuid uuid)
RETURNS TABLE (
       at      timestamptz,
       action  text,
       by_uuid uuid,
       step    text,
       amount  numeric,
       reason  text)
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_history_wrapper';

COMMENT ON FUNCTION referral_history(uuid) IS
'What was done about a conversion, oldest first, kept for good: approved, rejected, reversed, reversed_part (by an amount, the most that was taken from each side), refunded (an amount of the purchase), approvals_required, step_approved and step_rejected (by an approver, in a step of the chain). No row for an unknown conversion.';
