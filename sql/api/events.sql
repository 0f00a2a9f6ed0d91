CREATE FUNCTION referral_poll_events(
       consumer text,
       max_rows integer DEFAULT 100)
RETURNS TABLE (
       id         bigint,
       type       text,
       payload    jsonb,
       created_at timestamptz)
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_poll_events_wrapper';

COMMENT ON FUNCTION referral_poll_events(text, integer) IS
'The consumer''s first events that are neither acknowledged nor leased, in the order of their ids, leased to the caller for a minute of the wall clock: after that, or if the transaction rolls back, they come again. Workers of one consumer get different events and never wait for each other; each consumer gets every event, at least once. The order is that of writing: an event whose transaction commits late comes after newer ones. A consumer''s first poll makes it known: it waits for running transactions that have written events, keeps later ones waiting until its own transaction ends, and sees all events still kept; so it belongs in a transaction of its own. Sees what is committed by now at every isolation level. Whoever LISTENs to referral_events is told when there is something new; by Postgres''s rule for NOTIFY, a transaction that has written events cannot be prepared (PREPARE TRANSACTION). Errors: 22004 an argument is null, 22023 a blank or overlong consumer (255 characters) or max_rows outside 1 to 10000.';

CREATE FUNCTION referral_ack_events(
       consumer text,
       ids      bigint[])
RETURNS bigint
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_ack_events_wrapper';

COMMENT ON FUNCTION referral_ack_events(text, bigint[]) IS
'Acknowledges events, so that they never come to this consumer again; also after their lease. Returns how many were acknowledged: unknown ids, ids acknowledged before and NULLs are passed over. Errors: 22004 an argument is null, 22023 a blank or overlong consumer.';

CREATE FUNCTION referral_prune_events(
       keep interval)
RETURNS bigint
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_prune_events_wrapper';

COMMENT ON FUNCTION referral_prune_events(interval) IS
'Deletes the events written longer ago than keep, acknowledged or not: what a consumer has not received by then it never will. Returns how many events were deleted. An event that a running transaction is leasing or acknowledging is left for the next call. One prune runs at a time; neither writers nor the polls of known consumers wait for it. Errors: 22004 keep is null, 22023 keep is negative or longer than 1000 years.';
