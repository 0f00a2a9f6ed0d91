CREATE FUNCTION referral_prune_events(
       keep interval)
RETURNS bigint
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_prune_events_wrapper';

COMMENT ON FUNCTION referral_prune_events(interval) IS
'Deletes the events written longer ago than keep, acknowledged or not: what a consumer has not received by then it never will. Returns how many events were deleted. An event that a running transaction is leasing or acknowledging is left for the next call. One prune runs at a time, and waits for polls that fill in what a new consumer lacks; neither writers nor polls wait for it. Errors: 22004 keep is null, 22023 keep is negative or longer than 1000 years.';
