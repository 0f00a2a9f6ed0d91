-- Payouts: what is available leaves the balance once, as a payout that is paid or fails; batches; every error.
CREATE EXTENSION referrals;
SET client_min_messages = warning;
SELECT pg_catalog.count(*) > 0 AS made FROM referral_setup();
INSERT INTO phoenix_kit_settings (key, value, module) VALUES ('referral_events_enabled', 'true', 'referral_codes');
SELECT pg_catalog.count(*) FROM referral_poll_events('test');
CREATE FUNCTION person(number integer) RETURNS uuid LANGUAGE sql IMMUTABLE AS
    $$SELECT pg_catalog.lpad(number::text, 32, '0')::uuid$$;
CREATE FUNCTION number(person uuid) RETURNS integer LANGUAGE sql IMMUTABLE AS
    $$SELECT pg_catalog.right(person::text, 12)::integer$$;

-- Programs whose owner earns 10 a sale: at once, after two weeks, or in euros. The buyer earns nothing.
CREATE PROCEDURE new_program(key text, owner integer, attributes jsonb DEFAULT '{}') LANGUAGE plpgsql AS $$
BEGIN
    PERFORM referral_create_program(key, '{"first_purchase_only": false, "referee_reward": 0}' || attributes);
    PERFORM referral_create_code(person(owner), key, beneficiary_uuid => person(owner), max_uses => 100);
    PERFORM referral_assign_program((referral_get_code_by_string(key)).uuid, key);
END
$$;
CALL new_program('anna', 1);
CALL new_program('annalater', 1, '{"hold_period": "14 days", "referrer_reward": 7.5}');
CALL new_program('annaeuro', 1, '{"currency": "EUR", "referrer_reward": 3.3333}');
CALL new_program('bert', 2);
CALL new_program('carl', 3, '{"referrer_reward": 0.005}');
CREATE FUNCTION sell(code text, ref text) RETURNS uuid LANGUAGE sql AS
    $$SELECT uuid FROM referral_attribute_sale(code, person(9), ref, amount => 50)$$;
CREATE FUNCTION balance(number integer, OUT currency text, OUT earned text, OUT available text, OUT held text,
                        OUT pending text, OUT paid text, OUT reversed text, OUT kept boolean)
RETURNS SETOF record LANGUAGE sql AS $$
    SELECT b.currency, pg_catalog.trim_scale(b.earned), pg_catalog.trim_scale(b.available), pg_catalog.trim_scale(b.held),
           pg_catalog.trim_scale(b.pending), pg_catalog.trim_scale(b.paid), pg_catalog.trim_scale(b.reversed),
           b.earned = b.available + b.held + b.pending + b.paid
      FROM referral_balance(person(number)) AS b
$$;
CREATE VIEW payouts AS
SELECT number(user_uuid) AS who, payout_ref, batch_ref, currency, amount, status, settled_at IS NOT NULL AS settled, reason
  FROM referral_payouts ORDER BY created_at, payout_uuid;

-- The story of one payout.
SELECT * FROM balance(1);
SELECT sell('anna', 'A-1') IS NOT NULL, sell('anna', 'A-2') IS NOT NULL, sell('annalater', 'A-3') IS NOT NULL, sell('annaeuro', 'A-4') IS NOT NULL;
SELECT * FROM balance(1);
SELECT number(user_uuid) AS who, currency, amount, status, repeated FROM referral_create_payout(person(1), 'p-1', 'usd', 12.5);
SELECT * FROM balance(1);
-- A repeat, by whatever is the same: the row that is there.
SELECT number(user_uuid) AS who, currency, amount, status, repeated FROM referral_create_payout(person(1), 'p-1', ' USD ', 12.50);
SELECT amount, status, repeated FROM referral_create_payout(person(1), 'p-1', 'USD');
SELECT a.payout_uuid = p.payout_uuid AS same, a.created_at = p.created_at AS then
  FROM referral_create_payout(person(1), 'p-1', 'USD') AS a, referral_payouts AS p;
-- The rest of it, without an amount.
SELECT amount, status, repeated FROM referral_create_payout(person(1), 'p-2', 'USD');
SELECT code, message, detail, hint FROM caught($$SELECT referral_create_payout(person(1), 'p-3', 'USD')$$);
SELECT amount FROM referral_create_payout(person(1), 'p-4', 'EUR');
SELECT * FROM balance(1);
-- One arrives, one fails and is back.
SELECT number(user_uuid) AS who, payout_ref, batch_ref, currency, amount, status, settled_at >= created_at AS settled, reason, repeated
  FROM referral_settle_payout('p-1', true, 'wire 17');
SELECT payout_ref, status, reason, repeated FROM referral_settle_payout('p-2', false, 'account closed');
SELECT * FROM balance(1);
SELECT payout_ref, status, reason, repeated FROM referral_settle_payout('p-1', true, 'told twice');
SELECT payout_ref, status, reason, repeated FROM referral_settle_payout('p-2', false);
SELECT code, message, detail, hint FROM caught($$SELECT referral_settle_payout('p-1', false)$$);
SELECT code, message, detail, hint FROM caught($$SELECT referral_settle_payout('p-2', true)$$);
-- A repeat of the first call finds what has become of it.
SELECT amount, status, repeated FROM referral_create_payout(person(1), 'p-1', 'USD', 12.5);
SELECT amount, status, repeated FROM referral_create_payout(person(1), 'p-2', 'USD');

-- More than is available, by the least there is; exactly so much; and nothing.
SELECT code, message, detail, hint FROM caught($$SELECT referral_create_payout(person(1), 'p-5', 'USD', 7.5001)$$);
SELECT amount FROM referral_create_payout(person(1), 'p-5', 'USD', 7.5);
SELECT code, message FROM caught($$SELECT referral_create_payout(person(1), 'p-6', 'USD', 0.0001)$$);
SELECT code, message FROM caught($$SELECT referral_create_payout(person(1), 'p-6', 'GBP')$$);
SELECT code, message FROM caught($$SELECT referral_create_payout(person(8), 'p-6', 'USD')$$);
-- What a refusal leaves: nothing.
SELECT * FROM payouts;

-- A refund of what was paid: available is below zero, and the next reward makes up for it.
SELECT status FROM referral_reverse((SELECT uuid FROM referral_conversions WHERE source_ref = 'A-1'), 'refund');
SELECT * FROM balance(1) WHERE currency = 'USD';
SELECT code, message FROM caught($$SELECT referral_create_payout(person(1), 'p-6', 'USD')$$);
SELECT sell('anna', 'A-5') IS NOT NULL AS sold;
SELECT * FROM balance(1) WHERE currency = 'USD';
SELECT code, message FROM caught($$SELECT referral_create_payout(person(1), 'p-6', 'USD')$$);
SELECT sell('anna', 'A-6') IS NOT NULL AS sold;
SELECT amount FROM referral_create_payout(person(1), 'p-6', 'USD');
-- What was held until a moment ago.
SET session_replication_role = replica;
UPDATE referral_rewards SET available_at = pg_catalog.now() - interval '1 second' WHERE available_at > pg_catalog.now();
RESET session_replication_role;
SELECT amount FROM referral_create_payout(person(1), 'p-7', 'USD');
SELECT * FROM balance(1);

-- The same payout_ref with other contents.
SELECT call, code, message, detail, hint
  FROM pg_catalog.unnest(ARRAY['person(2), ''p-1'', ''USD'', 12.5', 'person(1), ''p-1'', ''EUR'', 12.5', 'person(1), ''p-1'', ''USD'', 12.4',
                               'person(1), ''p-1'', ''EUR'', NULL', 'person(2), ''p-1'', ''USD'', NULL']) AS call,
       caught(pg_catalog.format('SELECT referral_create_payout(%s)', call));

-- A batch: whoever has so much, in the order of their ids.
SELECT sell('bert', 'B-1') IS NOT NULL, sell('carl', 'C-1') IS NOT NULL, sell('anna', 'A-7') IS NOT NULL, sell('annaeuro', 'A-8') IS NOT NULL;
SELECT number(user_uuid) AS who, currency, amount, status, repeated FROM referral_create_payouts('usd', 'may');
SELECT number(user_uuid) AS who, currency, amount, status, repeated FROM referral_create_payouts('USD', 'may');
SELECT * FROM payouts WHERE batch_ref = 'may';
SELECT * FROM balance(2);
-- Once more with money that came meanwhile: still the first call's; another batch takes it.
SELECT sell('bert', 'B-2') IS NOT NULL AS sold;
SELECT number(user_uuid) AS who, amount, repeated FROM referral_create_payouts('USD', 'may');
SELECT number(user_uuid) AS who, amount, repeated FROM referral_create_payouts('USD', 'june', 10.0001);
SELECT number(user_uuid) AS who, amount, repeated FROM referral_create_payouts('USD', 'july', 10);
-- One that came to nothing is remembered too.
SELECT sell('bert', 'B-3') IS NOT NULL, sell('bert', 'B-4') IS NOT NULL;
SELECT number(user_uuid) AS who, amount, repeated FROM referral_create_payouts('USD', 'june', 10.0001);
-- The least amount, and at most so many: who was left out is next.
SELECT sell('anna', 'A-9') IS NOT NULL, sell('carl', 'C-2') IS NOT NULL;
SELECT number(user_uuid) AS who, amount, repeated FROM referral_create_payouts('USD', 'cents 1', 0.0001, 1);
SELECT number(user_uuid) AS who, amount, repeated FROM referral_create_payouts('USD', 'cents 2', 0.0001, 1);
SELECT number(user_uuid) AS who, amount, repeated FROM referral_create_payouts('USD', 'cents 3', 0.0001);
SELECT number(user_uuid) AS who, amount, repeated FROM referral_create_payouts('USD', 'cents 4', 0.0001);
SELECT number(user_uuid) AS who, amount, repeated FROM referral_create_payouts('EUR', 'euros');
-- Each of a batch is a payout like any other.
SELECT payout_ref, status, reason, repeated FROM referral_settle_payout('july:' || person(2), false, 'bounced');
SELECT number(user_uuid) AS who, amount, status, repeated FROM referral_create_payouts('USD', 'july', 10);
SELECT number(user_uuid) AS who, amount, repeated FROM referral_create_payouts('USD', 'august');
SELECT amount, repeated FROM referral_create_payout(person(2), 'july:' || person(2), 'USD');
-- The same batch_ref with other contents; a payout by hand that has taken a payout_ref of a batch.
SELECT call, code, message, detail, hint
  FROM pg_catalog.unnest(ARRAY['''EUR'', ''may''', '''USD'', ''may'', 1', '''USD'', ''may'', 0.01, 999']) AS call,
       caught(pg_catalog.format('SELECT referral_create_payouts(%s)', call));
SELECT sell('bert', 'B-5') IS NOT NULL, sell('anna', 'A-10') IS NOT NULL;
SELECT amount FROM referral_create_payout(person(2), 'september:' || person(2), 'USD', 1);
SELECT code, message FROM caught($$SELECT referral_create_payouts('USD', 'september')$$);
SELECT amount FROM referral_create_payout(person(2), 'p-8', 'USD');

-- Every balance is kept, and the sums of payouts are those of the balances.
SELECT who, b.* FROM pg_catalog.generate_series(1, 3) AS who, balance(who) AS b ORDER BY who, b.currency;

-- Lists, the newest first, a page at a time.
SELECT payout_ref FROM referral_list_payouts('{}', 3);
SELECT payout_ref FROM referral_list_payouts('{}', 3, (SELECT payout_uuid FROM referral_payouts WHERE payout_ref = 'cents 3:' || person(3)));
SELECT pg_catalog.count(*) = (SELECT pg_catalog.count(*) FROM referral_payouts) AS all FROM referral_list_payouts(max_rows => NULL);
SELECT pg_catalog.count(*) FROM referral_list_payouts(max_rows => 0);
SELECT filter, pg_catalog.string_agg(p.payout_ref, ', ' ORDER BY p.payout_ref) AS found
  FROM pg_catalog.unnest(ARRAY['{"batch_ref": "may"}', '{"payout_ref": "p-2"}', '{"status": "failed"}', '{"status": "paid"}', '{"currency": "eur"}',
                               '{"status": "pending", "currency": "EUR", "user_uuid": "00000000-0000-0000-0000-000000000001"}',
                               '{"user_uuid": "00000000-0000-0000-0000-000000000003"}', '{"batch_ref": "nowhere"}']::jsonb[]) AS filter
       LEFT JOIN LATERAL referral_list_payouts(filter) AS p ON true
 GROUP BY filter ORDER BY filter;
SELECT * FROM payouts WHERE payout_ref IN (SELECT payout_ref FROM referral_list_payouts('{"payout_ref": "p-2"}'));
-- Payouts that were created at the same moment are on one page each.
SET session_replication_role = replica;
UPDATE referral_payouts SET created_at = '2024-01-01';
RESET session_replication_role;
WITH RECURSIVE page AS (
     SELECT p.payout_uuid, 1 AS place FROM referral_list_payouts('{}', 1) AS p
     UNION ALL
     SELECT p.payout_uuid, page.place + 1 FROM page, referral_list_payouts('{}', 1, page.payout_uuid) AS p)
SELECT pg_catalog.count(*) = pg_catalog.count(DISTINCT payout_uuid) AS once, pg_catalog.count(*) = (SELECT pg_catalog.count(*) FROM referral_payouts) AS all
  FROM page;

-- What is told of it.
SELECT payload ->> 'payout_ref' AS payout_ref, type, pg_catalog.jsonb_typeof(payload -> 'amount') AS amount, payload - 'payout_uuid' AS payload
  FROM referral_poll_events('test', 1000)
 WHERE type LIKE 'payout.%' AND (payload ->> 'payout_ref' IN ('p-1', 'p-2') OR payload ->> 'batch_ref' = 'may')
 ORDER BY id;

-- Written by the functions alone.
SELECT statement, code, message, detail, hint
  FROM pg_catalog.unnest(ARRAY['INSERT INTO referral_payouts (payout_uuid) VALUES (pg_catalog.gen_random_uuid())', 'UPDATE referral_payouts SET amount = 1 WHERE false',
                               'DELETE FROM referral_payouts', 'TRUNCATE referral_payouts']) AS statement, caught(statement);

-- Arguments.
SELECT call, code, message
  FROM pg_catalog.unnest(ARRAY[
       'create_payout(NULL, ''x'', ''USD'')', 'create_payout(person(1), NULL, ''USD'')', 'create_payout(person(1), ''x'', NULL)',
       'create_payout(person(1), '' '', ''USD'')', 'create_payout(person(1), repeat(''x'', 256), ''USD'')', 'create_payout(person(1), ''x'', ''EURO'')',
       'create_payout(person(1), ''x'', ''USD'', 0)', 'create_payout(person(1), ''x'', ''USD'', -1)', 'create_payout(person(1), ''x'', ''USD'', 0.00001)',
       'create_payout(person(1), ''x'', ''USD'', ''NaN'')', 'create_payout(person(1), ''x'', ''USD'', 1e16)',
       'create_payouts(NULL, ''x'')', 'create_payouts(''USD'', NULL)', 'create_payouts(''USD'', ''x'', NULL)', 'create_payouts(''USD'', ''x'', 1, NULL)',
       'create_payouts(''USD'', '''')', 'create_payouts(''USD'', repeat(''x'', 201))', 'create_payouts(''USD'', ''x'', 0)', 'create_payouts(''USD'', ''x'', 1, 0)',
       'create_payouts(''USD'', ''x'', 1, 100001)',
       'settle_payout(NULL, true)', 'settle_payout(''p-1'', NULL)', 'settle_payout(''nowhere'', true)',
       'list_payouts(NULL)', 'list_payouts(''[]'')', 'list_payouts(''{"colour": "red"}'')', 'list_payouts(''{"status": "Paid"}'')', 'list_payouts(''{"status": null}'')',
       'list_payouts(''{"user_uuid": "me"}'')', 'list_payouts(''{"currency": "EURO"}'')', 'list_payouts(''{"batch_ref": 5}'')',
       'list_payouts(''{}'', -1)', 'list_payouts(''{}'', 1, person(1))', 'balance(NULL)']) AS call,
       caught('SELECT referral_' || call);
