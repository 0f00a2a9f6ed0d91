-- Conversions looked up and listed: the queue of a review, an approver's own, and pages that neither repeat nor miss a row.
CREATE EXTENSION referrals;
SET client_min_messages = warning;
SELECT pg_catalog.count(*) > 0 AS made FROM referral_setup();
CREATE FUNCTION person(number integer) RETURNS uuid LANGUAGE sql IMMUTABLE AS
    $$SELECT pg_catalog.lpad(number::text, 32, '0')::uuid$$;
CREATE FUNCTION conversion(ref text) RETURNS uuid LANGUAGE sql AS 'SELECT uuid FROM referral_conversions WHERE source_ref = ref';
CREATE PROCEDURE new_program(key text, owner integer, attributes jsonb DEFAULT '{}') LANGUAGE plpgsql AS $$
BEGIN
    PERFORM referral_create_program(key, attributes || '{"first_purchase_only": false}');
    PERFORM referral_create_code(person(owner), key, beneficiary_uuid => person(owner));
    PERFORM referral_assign_program((referral_get_code_by_string(key)).uuid, key);
END
$$;
CALL new_program('trusted', 1);
CALL new_program('checked', 2, '{"requires_approval": true}');
CREATE FUNCTION sell(ref text, program text, referee integer, amount numeric DEFAULT 50) RETURNS uuid LANGUAGE sql AS
    $$SELECT uuid FROM referral_attribute_sale(program, person(referee), ref, amount => amount)$$;
CREATE FUNCTION chain(VARIADIC approvers integer[]) RETURNS jsonb LANGUAGE sql AS $$
    SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object('id', n::text, 'approvers', pg_catalog.jsonb_build_array(person(approver), person(40))) ORDER BY n)
      FROM pg_catalog.unnest(approvers) WITH ORDINALITY AS a (approver, n)
$$;
-- Half of them at one moment, the others at another: those are in the order of their ids.
DO $$ BEGIN
    PERFORM sell('granted', 'trusted', 10), sell('small', 'trusted', 11, 1), sell('approved', 'trusted', 12), sell('rejected', 'trusted', 13), sell('reversed', 'checked', 14),
            sell('waiting', 'checked', 10), sell('chained', 'checked', 11), sell('chained on', 'checked', 12), sell('chained small', 'trusted', 13, 2), sell('own', 'checked', 31);
    PERFORM referral_approve(conversion('approved'), person(30));
    PERFORM referral_reject(conversion('rejected'), person(30));
    PERFORM referral_reverse(conversion('reversed'), 'x');
    PERFORM referral_require_approvals(conversion('chained'), chain(31, 32));
    PERFORM referral_require_approvals(conversion('chained on'), chain(31, 32));
    PERFORM referral_decide(conversion('chained on'), person(31), true);
    PERFORM referral_require_approvals(conversion('chained small'), chain(31, 32));
    PERFORM referral_require_approvals(conversion('own'), chain(31, 32));
    UPDATE referral_conversions SET converted_at = '2024-01-01'::timestamptz - CASE WHEN source_ref IN ('granted', 'small', 'approved', 'waiting') THEN interval '0' ELSE interval '1 day' END;
END $$;

-- Looked up.
SELECT source_ref, program, referrer_uuid, status, reason FROM referral_get_conversion(conversion('granted'));
SELECT pg_catalog.count(*) FROM referral_get_conversion(person(1));
SELECT source_ref, status FROM referral_conversion_of('waiting');
SELECT source_ref, status FROM referral_conversion_of('waiting', ' ORDER ');
SELECT pg_catalog.count(*) FROM referral_conversion_of('waiting', 'invoice');
SELECT pg_catalog.count(*) FROM referral_conversion_of('Waiting');

-- Narrowed: what each filter lets through, against a recount.
CREATE FUNCTION listed(filter jsonb) RETURNS text LANGUAGE sql AS
    $$SELECT pg_catalog.string_agg(source_ref, ', ' ORDER BY source_ref) FROM referral_list_conversions(filter, NULL)$$;
SELECT filter, listed(filter)
  FROM pg_catalog.unnest(ARRAY['{}', '{"program": "checked"}', '{"program": "nowhere"}', '{"status": "converted"}', '{"status": "approved"}', '{"status": "rejected"}', '{"status": "reversed"}',
       '{"reason": "below_minimum"}', '{"reason": "nothing"}', '{"waiting": true}', '{"waiting": false}', '{"waiting": true, "program": "trusted"}', '{"waiting": true, "status": "approved"}']::jsonb[]) AS filter;
SELECT filter, listed(filter)
  FROM pg_catalog.unnest(ARRAY[31, 32, 40, 10, 99]) AS number,
       pg_catalog.unnest(ARRAY['approver_uuid', 'referrer_uuid', 'referee_uuid']) AS key,
       pg_catalog.jsonb_build_object(key, person(number)) AS filter;
SELECT listed(pg_catalog.jsonb_build_object('referrer_uuid', person(2), 'approver_uuid', person(32)));
SELECT listed(pg_catalog.jsonb_build_object('waiting', false, 'approver_uuid', person(32)));
-- A step of theirs is next exactly where they may decide.
SELECT v.source_ref, p.number
  FROM referral_conversions AS v, pg_catalog.generate_series(30, 41) AS p (number),
       caught(pg_catalog.format('DO $x$ BEGIN PERFORM referral_decide(%L, %L, true); RAISE EXCEPTION SQLSTATE ''UNDO1''; END $x$', v.uuid, person(p.number))) AS c
 WHERE (c.code = 'UNDO1') <> EXISTS (SELECT FROM referral_list_conversions(pg_catalog.jsonb_build_object('approver_uuid', person(p.number)), NULL) AS l WHERE l.uuid = v.uuid);

-- Newest first, and in pages: page by page the same rows as all at once.
SELECT source_ref FROM referral_list_conversions(max_rows => 3);
CREATE FUNCTION paged(filter jsonb, size integer) RETURNS SETOF uuid LANGUAGE plpgsql AS $$
DECLARE
    last uuid;
    page uuid[];
BEGIN
    LOOP
        page := ARRAY(SELECT l.uuid FROM referral_list_conversions(filter, size, last) AS l);
        EXIT WHEN pg_catalog.cardinality(page) = 0;
        RETURN QUERY SELECT pg_catalog.unnest(page);
        last := page[pg_catalog.cardinality(page)];
    END LOOP;
END
$$;
SELECT filter, size
  FROM pg_catalog.unnest(ARRAY['{}', '{"waiting": true}', '{"waiting": false}', '{"program": "trusted"}', '{"approver_uuid": "00000000-0000-0000-0000-000000000040"}', '{"referrer_uuid": "00000000-0000-0000-0000-000000000002"}']::jsonb[]) AS filter,
       pg_catalog.generate_series(1, 4) AS size
 WHERE ARRAY(SELECT paged(filter, size)) IS DISTINCT FROM ARRAY(SELECT uuid FROM referral_list_conversions(filter, NULL))
    OR ARRAY(SELECT paged(filter, size)) IS DISTINCT FROM ARRAY(
       SELECT l.uuid FROM referral_list_conversions(filter, NULL) AS l ORDER BY l.converted_at DESC, l.uuid DESC);
SELECT pg_catalog.count(*) FROM paged('{}', 3);
SELECT ARRAY(SELECT uuid FROM referral_list_for_referrer(person(2), max_rows => NULL))
     = ARRAY(SELECT uuid FROM referral_list_conversions(pg_catalog.jsonb_build_object('referrer_uuid', person(2)), NULL)) AS the_same;
SELECT source_ref FROM referral_list_for_referrer(person(1), 'approved');
SELECT pg_catalog.count(*) FROM referral_list_conversions(max_rows => 0);

-- What cannot be read.
SELECT call, code, message
  FROM pg_catalog.unnest(ARRAY['referral_get_conversion(NULL)', 'referral_conversion_of(NULL)', 'referral_conversion_of(''x'', NULL)', 'referral_list_conversions(NULL)', 'referral_list_conversions(''[]'')', 'referral_list_conversions(''{"colour": 1}'')',
       'referral_list_conversions(''{"status": "open"}'')', 'referral_list_conversions(''{"program": null}'')', 'referral_list_conversions(''{"waiting": "true"}'')', 'referral_list_conversions(''{"referee_uuid": "x"}'')',
       'referral_list_conversions(max_rows => -1)', 'referral_list_conversions(after_uuid => person(1))',
       'referral_list_conversions((pg_catalog.repeat(''{"a":'', 64) || ''{}'' || pg_catalog.repeat(''}'', 64))::jsonb)']) AS call,
       caught('SELECT ' || call);
-- A chain that was written by hand and is none waits for nobody.
UPDATE referral_conversions SET approvals = '[{"approvers": ["00000000-0000-0000-0000-000000000031"]}]' WHERE source_ref = 'chained';
SELECT listed(pg_catalog.jsonb_build_object('approver_uuid', person(31)));
