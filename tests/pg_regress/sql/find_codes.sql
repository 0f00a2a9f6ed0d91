-- What an application keeps of its codes, and codes found by what is known of them.
CREATE EXTENSION referrals;
SET client_min_messages = warning;
SELECT pg_catalog.count(*) > 0 AS made FROM referral_setup();
\set alice '''00000000-0000-0000-0000-00000000000a'''
\set bob '''00000000-0000-0000-0000-00000000000b'''
CREATE FUNCTION code_uuid(code text) RETURNS uuid LANGUAGE sql AS
    'SELECT uuid FROM referral_get_code_by_string(code)';
SELECT key FROM referral_create_program('spring');
INSERT INTO phoenix_kit_referral_codes (uuid, code, description, max_uses, created_by_uuid, beneficiary_uuid, date_created)
SELECT pg_catalog.format('00000000-0000-0000-0000-%s', pg_catalog.lpad(n::text, 12, '0'))::uuid, 'CODE' || n, 'x', 7,
       CASE WHEN n % 2 = 0 THEN :alice ELSE :bob END::uuid,
       CASE WHEN n % 3 = 0 THEN :bob END::uuid,
       -- Three were made at the same moment.
       '2024-01-01'::timestamptz + CASE WHEN n BETWEEN 4 AND 6 THEN 5 ELSE n END * interval '1 day'
  FROM pg_catalog.generate_series(1, 9) AS n;
SELECT referral_assign_program(code_uuid('CODE' || n), 'spring') FROM pg_catalog.unnest(ARRAY[2, 4, 9]) AS n;
SELECT code, state FROM referral_update_code(code_uuid('CODE7'), '{"status": false}');

-- Kept, replaced, taken away.
SELECT referral_code_metadata(code_uuid('CODE1'));
SELECT referral_set_code_metadata(code_uuid('CODE1'), '{"campaign": "tv", "tags": ["a", "b"], "gives": {"percent": 12.50}}');
SELECT referral_code_metadata(code_uuid('CODE1'));
SELECT referral_set_code_metadata(code_uuid('CODE1'), '{"campaign": "tv", "tags": ["a"]}');
SELECT referral_code_metadata(code_uuid('CODE1'));
SELECT referral_set_code_metadata(code_uuid('CODE1'), NULL), referral_code_metadata(code_uuid('CODE1'));
SELECT referral_code_metadata(code_uuid('CODE1'));
SELECT referral_set_code_metadata(code_uuid('CODE1'), '{}') AS set, referral_set_code_metadata(code_uuid('CODE1'), NULL) AS taken, referral_set_code_metadata(code_uuid('CODE1'), NULL) AS again;
SELECT referral_set_code_metadata(:alice, '{}') AS nobodys, referral_code_metadata(:alice) AS nothing, referral_code_metadata(NULL) AS null;
SELECT code, message, detail FROM caught($$SELECT referral_set_code_metadata(NULL, '{}')$$);
SELECT code, message FROM caught($$SELECT referral_set_code_metadata(code_uuid('CODE1'), '[]')$$);
SELECT code, message FROM caught($$SELECT referral_set_code_metadata(code_uuid('CODE1'), '"x"')$$);
SELECT code, message FROM caught(pg_catalog.format('SELECT referral_set_code_metadata(code_uuid(%L), %L)', 'CODE1', pg_catalog.repeat('{"a":', 65) || '1' || pg_catalog.repeat('}', 65)));
SELECT referral_set_code_metadata(code_uuid('CODE1'), (pg_catalog.repeat('{"a":', 64) || '1' || pg_catalog.repeat('}', 64))::jsonb);
-- It goes with the code; of one deleted by hand it is nobody's.
SELECT referral_set_code_metadata(code_uuid(code), '{"tags": ["x"]}') FROM pg_catalog.unnest(ARRAY['CODE2', 'CODE3', 'CODE4', 'CODE8']) AS code;
SELECT referral_delete_code('00000000-0000-0000-0000-000000000003');
DELETE FROM phoenix_kit_referral_codes WHERE code = 'CODE8';
SELECT code_uuid, referral_code_metadata(code_uuid) FROM referral_code_metadata ORDER BY code_uuid;

-- Found, newest first.
SELECT code, state FROM referral_find_codes();
CREATE FUNCTION found(filter jsonb) RETURNS text LANGUAGE sql AS
    'SELECT pg_catalog.string_agg(code, '' '') FROM referral_find_codes(filter)';
SELECT filter, found(filter)
  FROM pg_catalog.unnest(ARRAY[
       '{"prefix": " code"}', '{"prefix": "CODE1"}', '{"prefix": ""}', '{"prefix": "OTHER"}', '{"prefix": "C_DE"}', '{"prefix": "%"}',
       '{"state": "active"}', '{"state": "inactive"}', '{"state": "limit_reached"}',
       '{"program": "spring"}', '{"program": "default"}',
       '{"created_by_uuid": "00000000-0000-0000-0000-00000000000a"}', '{"beneficiary_uuid": "00000000-0000-0000-0000-00000000000b"}',
       '{"metadata": {"tags": ["x"]}}', '{"metadata": {"tags": ["y"]}}', '{"metadata": {}}',
       '{"program": "spring", "metadata": {"tags": ["x"]}, "created_by_uuid": "00000000-0000-0000-0000-00000000000a", "prefix": "code", "state": "active"}'
       ]::jsonb[]) AS filter;
-- Pages by key, exact also where rows share a time; with a state too, which is no column.
CREATE FUNCTION paged(filter jsonb, page integer) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    paged uuid[] = '{}';
    rows uuid[];
BEGIN
    LOOP
        rows = (SELECT pg_catalog.array_agg(uuid) FROM referral_find_codes(filter, page, paged[pg_catalog.array_length(paged, 1)]));
        EXIT WHEN rows IS NULL;
        paged = paged || rows;
    END LOOP;
    RETURN (SELECT pg_catalog.string_agg(code, ' ' ORDER BY ordinality)
              FROM pg_catalog.unnest(paged) WITH ORDINALITY AS p (uuid, ordinality) JOIN phoenix_kit_referral_codes USING (uuid));
END
$$;
SELECT page, paged('{}', page) = found('{}') AS all,
       paged('{"state": "active"}', page) = found('{"state": "active"}') AS active,
       paged('{"program": "default"}', page) = found('{"program": "default"}') AS of_a_program
  FROM pg_catalog.generate_series(1, 4) AS page;
SELECT code FROM referral_find_codes(max_rows => 2);
SELECT pg_catalog.count(*) FROM referral_find_codes('{}', NULL);
SELECT pg_catalog.count(*) FROM referral_find_codes('{}', 0);

SELECT filter, e.code, e.message
  FROM pg_catalog.unnest(ARRAY[
       '{"colour": "red"}', '{"code": "x"}', '{"state": "dead"}', '{"state": null}', '{"program": "nowhere"}', '{"program": 7}',
       '{"created_by_uuid": "me"}', '{"beneficiary_uuid": null}', '{"metadata": []}', '{"prefix": 1}', '[]', '"x"']::jsonb[]) AS filter,
       caught(pg_catalog.format('SELECT referral_find_codes(%L)', filter)) AS e;
SELECT code, message FROM caught('SELECT referral_find_codes(NULL)');
SELECT code, message FROM caught($$SELECT referral_find_codes('{}', -1)$$);
SELECT code, message FROM caught($$SELECT referral_find_codes('{}', 1, '00000000-0000-0000-0000-0000000000ff')$$);
SELECT code, message FROM caught(pg_catalog.format('SELECT referral_find_codes(%L)', pg_catalog.repeat('{"metadata":', 65) || '1' || pg_catalog.repeat('}', 65)));
