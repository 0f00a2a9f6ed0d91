-- Lists, pages and counts.
CREATE EXTENSION referrals;
SELECT pg_catalog.count(*) FROM referral_setup(guards => false);
\set alice '''00000000-0000-0000-0000-00000000000a'''
INSERT INTO phoenix_kit_referral_codes (uuid, code, description, status, number_of_uses, max_uses, created_by_uuid, date_created, expiration_date)
SELECT pg_catalog.format('00000000-0000-0000-0000-%s', pg_catalog.lpad((10 - n)::text, 12, '0'))::uuid, 'CODE' || n, 'x', n <> 3, n, 7, :alice,
       -- Three were made at the same moment: pages must not lose one of them.
       '2024-01-01'::timestamptz + CASE WHEN n BETWEEN 4 AND 6 THEN 5 ELSE n END * interval '1 day',
       CASE WHEN n = 8 THEN '2020-01-01'::timestamptz END
  FROM pg_catalog.generate_series(1, 9) AS n;

SELECT code, state FROM referral_list_codes();
SELECT code FROM referral_list_codes(4);
SELECT code FROM referral_list_codes(2, (SELECT uuid FROM referral_list_codes(4) OFFSET 3));
SELECT code FROM referral_list_codes(NULL, (SELECT uuid FROM referral_get_code_by_string('CODE3')));
SELECT code FROM referral_list_valid_codes();
SELECT code FROM referral_list_valid_codes(2, (SELECT uuid FROM referral_get_code_by_string('CODE6')));
SELECT pg_catalog.count(*) FROM referral_list_codes(0);
SELECT * FROM referral_list_codes(-1);
SELECT * FROM referral_list_codes(1, '00000000-0000-0000-0000-0000000000ff');
SELECT code, number_of_uses FROM referral_top_codes(3);
SELECT pg_catalog.count(*) FROM referral_top_codes();
SELECT pg_catalog.count(*) FROM referral_top_codes(NULL);
SELECT * FROM referral_system_stats();

-- In a list and in FROM, with a row taken and the rest left.
SELECT (referral_list_codes(2)).code;
SELECT code FROM referral_list_codes() LIMIT 1;

INSERT INTO phoenix_kit_referral_code_usage (uuid, code_uuid, used_by_uuid, date_used)
SELECT pg_catalog.format('00000000-0000-0000-0002-%s', pg_catalog.lpad(n::text, 12, '0'))::uuid, '00000000-0000-0000-0000-000000000009',
       pg_catalog.format('00000000-0000-0000-0001-%s', pg_catalog.lpad(n::text, 12, '0'))::uuid, '2024-02-01'::timestamptz + n * interval '1 day'
  FROM pg_catalog.generate_series(1, 12) AS n;
SELECT uuid, used_by_uuid FROM referral_list_usage_for_code('00000000-0000-0000-0000-000000000009', 3);
SELECT uuid FROM referral_list_usage_for_code('00000000-0000-0000-0000-000000000009', 2, '00000000-0000-0000-0002-000000000010');
-- Pages are exact where rows share a time, of a code and of a user.
INSERT INTO phoenix_kit_referral_code_usage (uuid, code_uuid, used_by_uuid, date_used)
SELECT pg_catalog.format('00000000-0000-0000-0003-%s', pg_catalog.lpad(n::text, 12, '0'))::uuid,
       pg_catalog.format('00000000-0000-0000-0000-%s', pg_catalog.lpad((n % 3 + 1)::text, 12, '0'))::uuid,
       pg_catalog.format('00000000-0000-0000-0004-%s', pg_catalog.lpad((n / 3)::text, 12, '0'))::uuid,
       CASE WHEN n = 9 THEN 'infinity' ELSE '2024-03-01'::timestamptz + n / 7 * interval '1 day' END
  FROM pg_catalog.generate_series(0, 19) AS n;
CREATE FUNCTION paged(list text, of uuid, page integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    paged uuid[] = '{}';
    rows uuid[];
    wanted uuid[];
BEGIN
    LOOP
        EXECUTE pg_catalog.format('SELECT pg_catalog.array_agg(uuid) FROM %s($1, $2, $3)', list)
           INTO rows USING of, page, paged[pg_catalog.array_length(paged, 1)];
        EXIT WHEN rows IS NULL;
        paged = paged || rows;
    END LOOP;
    EXECUTE pg_catalog.format('SELECT pg_catalog.array_agg(uuid) FROM %s($1)', list) INTO wanted USING of;
    RETURN CASE WHEN paged = wanted THEN pg_catalog.array_length(paged, 1) || ' rows' ELSE pg_catalog.format('%s, not %s', paged, wanted) END;
END
$$;
SELECT page,
       paged('referral_list_usage_for_code', '00000000-0000-0000-0000-000000000002', page) AS of_a_code,
       paged('referral_list_usage_for_code', '00000000-0000-0000-0000-000000000009', page) AS of_another,
       paged('referral_list_usage_for_user', '00000000-0000-0000-0004-000000000001', page) AS of_a_user
  FROM pg_catalog.unnest(ARRAY[1, 2, 3, 5]) AS page;
SELECT * FROM referral_list_usage_for_code('00000000-0000-0000-0000-000000000009', 2, '00000000-0000-0000-0000-000000000009');
SELECT * FROM referral_list_usage_for_user('00000000-0000-0000-0000-000000000009', 2, '00000000-0000-0000-0000-000000000009');
SELECT * FROM referral_list_usage_for_user('00000000-0000-0000-0000-000000000009', -1);
DELETE FROM phoenix_kit_referral_code_usage WHERE date_used >= '2024-03-01';
SELECT pg_catalog.count(*) FROM referral_list_usage_for_code('00000000-0000-0000-0000-000000000009');
SELECT uuid, code_uuid FROM referral_list_usage_for_user('00000000-0000-0000-0001-000000000005');
SELECT pg_catalog.count(*) FROM referral_recent_usage();
SELECT uuid FROM referral_recent_usage(2);
SELECT * FROM referral_list_usage_for_code(NULL);
SELECT * FROM referral_list_usage_for_user(NULL);
SELECT * FROM referral_recent_usage(-1);
SELECT referral_user_used_code('00000000-0000-0000-0001-000000000005', '00000000-0000-0000-0000-000000000009') AS used,
       referral_user_used_code('00000000-0000-0000-0001-000000000005', '00000000-0000-0000-0000-000000000008') AS other_code,
       referral_user_used_code(NULL, NULL) AS nobody,
       referral_signup_use_exists('00000000-0000-0000-0001-000000000005') AS any_code,
       referral_signup_use_exists('00000000-0000-0000-0001-0000000000ff') AS stranger;
SELECT referral_count_user_codes(:alice), referral_validate_user_code_limit(:alice);
SELECT referral_count_user_codes(NULL);
SELECT referral_validate_user_code_limit(NULL);
SELECT referral_grandfather_existing(), referral_set_grandfather_existing(false);
SELECT referral_grandfather_existing();
SELECT referral_set_grandfather_existing(NULL);

-- One page of many codes comes from an index, whatever their number.
SET enable_seqscan = off;
EXPLAIN (COSTS OFF)
SELECT c.uuid
  FROM phoenix_kit_referral_codes AS c
 WHERE ROW(c.date_created, c.uuid) < ROW('2024-01-05'::timestamptz, '00000000-0000-0000-0000-000000000005'::uuid)
 ORDER BY c.date_created DESC,
          c.uuid DESC
 LIMIT 3;
