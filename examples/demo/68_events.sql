-- Other systems hear of it

\set ben be400000-0000-4000-8000-000000000000
\set fay fa100000-0000-4000-8000-000000000000

\echo 'With events on, each change writes a row to an outbox, in its own transaction: what is rolled back was'
\echo 'never told. A consumer is whoever polls under a name.'
\echo
:show
INSERT INTO phoenix_kit_settings (key, value, module) VALUES ('referral_events_enabled', 'true', 'referral_codes');
SELECT count(*) AS events FROM referral_poll_events('mailer');

BEGIN;
SELECT ok FROM referral_code_for(:'ben', 'friends') AS bens, referral_try_use_code(bens.code, :'carol');
ROLLBACK;
SELECT ok FROM referral_code_for(:'ben', 'friends') AS bens, referral_try_use_code(bens.code, :'fay');
SELECT rewarded FROM referral_record_purchase(:'fay', 'payment-2', 25.00);
CREATE TEMPORARY TABLE mails AS SELECT * FROM referral_poll_events('mailer');
SELECT id, type FROM mails ORDER BY id;
SELECT referral_ack_events('mailer', array_agg(id)) AS handled FROM mails;
:hide

\o /dev/null
SELECT pg_temp.must_hold('one use, one conversion, two rewards', count(*) = 4) FROM mails;
