-- Who has referred whom.
SET TimeZone = 'UTC';
CREATE EXTENSION referrals;
SELECT pg_catalog.count(*) > 0 AS set_up FROM referral_setup(guards => false);

-- A person is a letter: their id repeats it, and their code is theirs. A redemption is written as the host would.
CREATE FUNCTION person(letter text) RETURNS uuid IMMUTABLE
RETURN pg_catalog.md5($1)::uuid;
CREATE FUNCTION letter(person uuid) RETURNS text STABLE
RETURN (SELECT code FROM phoenix_kit_referral_codes WHERE beneficiary_uuid = $1 ORDER BY date_created LIMIT 1);
INSERT INTO phoenix_kit_referral_codes (code, description, max_uses, created_by_uuid, beneficiary_uuid)
SELECT letter, 'of ' || letter, 1000, person(letter), person(letter)
  FROM pg_catalog.regexp_split_to_table('ABCDEFGHIJ', '') AS letter;
CREATE FUNCTION redeem(letter text, code text, hour integer) RETURNS integer LANGUAGE sql
BEGIN ATOMIC
    INSERT INTO phoenix_kit_referral_code_usage (uuid, code_uuid, used_by_uuid, date_used)
    SELECT person($1 || $2), c.uuid, person($1), '2026-01-01'::timestamptz + interval '1 hour' * $3 FROM phoenix_kit_referral_codes AS c WHERE c.code = $2
    RETURNING 1;
END;
CREATE FUNCTION tree(letter text, max_depth integer DEFAULT 5)
RETURNS TABLE (depth integer, who text, referrer text, code text, referred_at timestamptz) LANGUAGE sql
BEGIN ATOMIC
    SELECT t.depth, letter(t.user_uuid), letter(t.referrer_uuid), t.code, t.referred_at
      FROM referral_tree(person($1), $2) AS t ORDER BY 1, 2;
END;
CREATE FUNCTION upline(letter text, max_depth integer DEFAULT 10)
RETURNS TABLE (depth integer, referrer text, code text, referred_at timestamptz) LANGUAGE sql
BEGIN ATOMIC
    SELECT t.depth, letter(t.referrer_uuid), t.code, t.referred_at
      FROM referral_upline(person($1), $2) AS t;
END;

-- Nobody has referred anybody.
SELECT * FROM tree('A');
SELECT * FROM upline('A');

-- A chain, with a branch.
SELECT redeem('B', 'A', 1), redeem('C', 'B', 2), redeem('D', 'C', 3), redeem('E', 'B', 4);
SELECT * FROM tree('A');
SELECT * FROM upline('D');
-- Down and up as far as it was asked.
SELECT * FROM tree('A', 1);
SELECT * FROM tree('A', 2);
SELECT * FROM upline('D', 2);
SELECT * FROM referral_tree(pg_catalog.gen_random_uuid());
SELECT * FROM referral_upline(pg_catalog.gen_random_uuid());

-- A diamond: who has redeemed two codes belongs to the first, whichever was written first.
SELECT redeem('F', 'D', 6), redeem('F', 'E', 5);
SELECT * FROM upline('F', 1);
SELECT who FROM tree('D');
SELECT who FROM tree('E');
-- At the same moment, to the one whose row has the smaller id.
SELECT redeem('G', 'D', 7), redeem('G', 'E', 7);
SELECT t.referrer = (SELECT c.code FROM phoenix_kit_referral_codes AS c JOIN phoenix_kit_referral_code_usage AS u ON u.code_uuid = c.uuid WHERE u.used_by_uuid = person('G') ORDER BY u.uuid LIMIT 1) AS smaller
  FROM upline('G', 1) AS t;
SELECT pg_catalog.count(*) FROM tree('B') WHERE who = 'G';

-- One's own code leads nowhere, and one without a beneficiary neither: what comes after them counts.
SELECT redeem('H', 'H', 1);
SELECT * FROM tree('H');
SELECT * FROM upline('H');
INSERT INTO phoenix_kit_referral_codes (code, description, max_uses, created_by_uuid) VALUES ('PROMO', 'of nobody', 1000, person('A'));
SELECT redeem('H', 'PROMO', 2), redeem('H', 'G', 3);
SELECT * FROM upline('H', 1);
SELECT who, code, referred_at FROM tree('G');

-- Round in a circle, A → B → C → A: everybody once, and never the one who asks.
SELECT redeem('A', 'C', 9);
SELECT depth, who, referrer FROM tree('A', 100);
SELECT depth, who, referrer FROM tree('C', 3);
SELECT depth, referrer FROM upline('A', 100);
SELECT depth, referrer FROM upline('C', 100);
-- From outside into the circle: upward it ends after one round.
SELECT depth, referrer FROM upline('F', 100);

-- Several codes of one person.
INSERT INTO phoenix_kit_referral_codes (code, description, max_uses, created_by_uuid, beneficiary_uuid)
VALUES ('SECOND', 'of I', 1000, person('A'), person('I'));
SELECT redeem('J', 'SECOND', 1), redeem('J', 'I', 2);
SELECT depth, who, code FROM tree('I');

-- More people than one batch holds, and deeper than that.
INSERT INTO phoenix_kit_referral_codes (code, description, max_uses, created_by_uuid, beneficiary_uuid)
SELECT 'N' || n, 'of ' || n, 1000, person('N' || n), person('N' || n) FROM pg_catalog.generate_series(1, 3500) AS n;
SELECT pg_catalog.count(redeem('N' || n, CASE WHEN n <= 2500 THEN 'J' ELSE 'N' || n - 1000 END, n)) FROM pg_catalog.generate_series(1, 3500) AS n;
SELECT depth, pg_catalog.count(*), pg_catalog.count(DISTINCT user_uuid) FROM referral_tree(person('I')) GROUP BY depth ORDER BY depth;
SELECT pg_catalog.bool_and(depth >= before) AS breadth_first
  FROM (SELECT depth, pg_catalog.lag(depth, 1, 0) OVER () AS before FROM referral_tree(person('I'))) AS t;
-- So many of them, the nearest first.
SELECT depth, pg_catalog.count(*) FROM referral_tree(person('I'), max_rows => 3) GROUP BY depth ORDER BY depth;
SELECT pg_catalog.count(*) FROM referral_tree(person('I'), max_rows => 0);

-- As the calling query sees things: what a statement writes, it does not yet see.
WITH written AS (
     INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid)
     SELECT uuid, person('I') FROM phoenix_kit_referral_codes WHERE code = 'F'
     RETURNING used_by_uuid)
SELECT pg_catalog.count(*) AS seen FROM written, referral_upline(written.used_by_uuid);
SELECT depth, referrer FROM upline('I', 2);

-- Wrong arguments.
SELECT a.arguments, c.code, c.message
  FROM (VALUES ('referral_tree(NULL)'), ('referral_tree(gen_random_uuid(), NULL)'), ('referral_tree(gen_random_uuid(), 0)'), ('referral_tree(gen_random_uuid(), 101)'), ('referral_tree(gen_random_uuid(), 5, -1)'),
               ('referral_upline(NULL)'), ('referral_upline(gen_random_uuid(), NULL)'), ('referral_upline(gen_random_uuid(), 0)'), ('referral_upline(gen_random_uuid(), 101)')) AS a (arguments),
       LATERAL caught('SELECT * FROM ' || a.arguments) AS c;
