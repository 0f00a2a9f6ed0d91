CREATE FUNCTION referral_consumers()
RETURNS TABLE (
       consumer  text,
       pending   bigint,
       oldest    timestamptz,
       last_poll timestamptz)
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_consumers_wrapper';

COMMENT ON FUNCTION referral_consumers() IS
'Who polls for events, by name: how many events each has not acknowledged, leased or not, since when the first of them waits (NULL: none does), and when the consumer last polled, to within ten seconds (NULL: not since an older release). Reads every delivery.';

CREATE FUNCTION referral_drop_consumer(
       consumer text)
RETURNS boolean
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_drop_consumer_wrapper';

COMMENT ON FUNCTION referral_drop_consumer(text) IS
'Forgets a consumer, with what waits for it; false where there is none. Waits for polls and acknowledgements of that consumer that are under way; writers and other consumers never wait for it. Whoever polls under the name again is a new consumer. Errors: 22004 consumer is null, 22023 a blank or overlong consumer.';
