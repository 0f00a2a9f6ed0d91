CREATE FUNCTION referral_poll_events(
       consumer text,
       max_rows integer DEFAULT 100,
       from_id  bigint DEFAULT NULL,
       lease    interval DEFAULT '1 minute')
RETURNS TABLE (
       id         bigint,
       type       text,
       payload    jsonb,
       created_at timestamptz,
       attempts   integer)
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_poll_events_from_wrapper';

COMMENT ON FUNCTION referral_poll_events(text, integer, bigint, interval) IS
'The consumer''s first events that are neither acknowledged nor leased, in the order of their ids, leased to the caller for so long by the wall clock: after that, or if the transaction rolls back, they come again, and attempts says for the how many-eth time. Workers of one consumer get different events and never wait for each other; each consumer gets every event, at least once. The order is that of writing: an event whose transaction commits late comes after newer ones. A consumer''s first poll makes it known, from the event from_id on (NULL: with all that are kept; beyond the newest: with what comes), which are filled in as it polls, a batch at a time. It waits for transactions that have written events, at most 100 ms, and nobody waits for it. Sees what is committed by now at every isolation level. Whoever LISTENs to referral_events is told when there is something new; by Postgres''s rule for NOTIFY, a transaction that has written events cannot be prepared (PREPARE TRANSACTION), unless the setting referral_notify is false. Errors: 22004 an argument but from_id is null, 22023 a blank or overlong consumer (255 characters), max_rows outside 1 to 10000, or a lease that is not longer than nothing or longer than a day; 55P03, at a first poll, where a transaction that has written events, or another worker''s first poll, stays open: the next poll tries again.';

CREATE FUNCTION referral_ack_events(
       consumer text,
       ids      bigint[])
RETURNS bigint
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_ack_events_wrapper';

COMMENT ON FUNCTION referral_ack_events(text, bigint[]) IS
'Acknowledges events, so that they never come to this consumer again; also after their lease. Returns how many were acknowledged: unknown ids, ids acknowledged before and NULLs are passed over. Errors: 22004 an argument is null, 22023 a blank or overlong consumer.';
