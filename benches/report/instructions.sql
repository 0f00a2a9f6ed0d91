-- Prints what benches/instructions has counted.
\pset footer off
\pset null ''

\echo
\echo 'Instructions a redemption; × is the ratio to the floor, the two writes alone.'
CREATE TEMPORARY VIEW counted AS
SELECT
    rival,
    figure
FROM took
WHERE part = 'instructions';

SELECT
    titles.title AS "what",
    counted.figure AS "instructions",
    round(counted.figure / floor.figure, 2) AS "×"
FROM counted
JOIN counted AS floor ON floor.rival = 'plain/floor'
JOIN (VALUES
    (1, 'plain/floor', 'the two writes by hand: the floor'),
    (2, 'plain/floor+guards', 'the same under guards'),
    (3, 'plain/statement', 'a hand-written statement'),
    (4, 'plain/plpgsql', 'PL/pgSQL with the same rules'),
    (5, 'plain/ours', 'referrals, guards off'),
    (6, 'plain/ours+guards', 'referrals'),
    (7, 'program/ours', 'referrals, a code of a program, guards off'),
    (8, 'program/ours+guards', 'referrals, a code of a program'),
    (9, 'plain/nothing', 'the query around a call, alone')
) AS titles (place, rival, title) ON titles.rival = counted.rival
ORDER BY titles.place;

INSERT INTO goals (what, relation, bound, ratio)
SELECT
    wanted.what,
    wanted.relation,
    wanted.bound,
    ours.figure / other.figure
FROM (VALUES
    (1, 'instructions: a redemption ÷ the two writes alone', 'plain/ours+guards', 'plain/floor', '≤', 1.20),
    (2, 'instructions: a redemption ÷ a hand-written statement', 'plain/ours+guards', 'plain/statement', '≤', 0.95),
    (3, 'instructions: a redemption ÷ PL/pgSQL', 'plain/ours+guards', 'plain/plpgsql', '≤', 0.70),
    (4, 'instructions: of a code of a program ÷ the two writes', 'program/ours+guards', 'plain/floor', '≤', 1.50),
    (5, 'instructions: the host''s two writes under guards ÷ without', 'plain/floor+guards', 'plain/floor', '≤', 1.25)
) AS wanted (place, what, ours, other, relation, bound)
JOIN counted AS ours ON ours.rival = wanted.ours
JOIN counted AS other ON other.rival = wanted.other
ORDER BY wanted.place;
