-- The goals: how one figure compares with another of the same run. Each line names the part of the bench, then what
-- was measured of whom, above and below the line; without a second the figure itself is bounded.
CREATE TEMPORARY TABLE goals (
    place serial,
    goal text,
    relation text,
    bound numeric,
    part text,
    above_what text,
    above_rival text,
    below_what text,
    below_rival text
);

INSERT INTO goals (goal, relation, bound, part, above_what, above_rival, below_what, below_rival)
VALUES
    ('instructions: a redemption ÷ the two writes alone',
        '≤', 1.20, 'instructions', '', 'plain/ours+guards', '', 'plain/floor'),
    ('instructions: a redemption ÷ a hand-written statement',
        '≤', 0.95, 'instructions', '', 'plain/ours+guards', '', 'plain/statement'),
    ('instructions: a redemption ÷ PL/pgSQL with the same rules',
        '≤', 0.70, 'instructions', '', 'plain/ours+guards', '', 'plain/plpgsql'),
    ('instructions: the same of a code of a program ÷ the two writes alone',
        '≤', 1.50, 'instructions', '', 'program/ours+guards', '', 'plain/floor'),
    ('instructions: the two writes by hand under guards ÷ without',
        '≤', 1.25, 'instructions', '', 'plain/floor+guards', '', 'plain/floor'),
    ('µs in a backend: a redemption ÷ the two writes alone',
        '≤', 1.15, 'inside', '', 'plain/ours+guards', '', 'plain/floor'),
    ('µs in a backend: the two writes by hand under guards ÷ without',
        '≤', 1.25, 'inside', '', 'plain/floor+guards', '', 'plain/floor'),
    ('8 clients, many codes, synchronous_commit off ÷ a hand-written statement',
        '≥', 1.00, 'clients', 'many, off, 8', 'ours+guards', 'many, off, 8', 'statement'),
    ('8 clients, many codes, synchronous_commit off ÷ PL/pgSQL',
        '≥', 1.25, 'clients', 'many, off, 8', 'ours+guards', 'many, off, 8', 'plpgsql'),
    ('half a millisecond apart, 1 client ÷ PhoenixKit''s sequence',
        '≥', 3.5, 'latency', '1', 'ours+guards', '1', 'phoenixkit'),
    ('half a millisecond apart, 8 clients ÷ PhoenixKit''s sequence',
        '≥', 3.5, 'latency', '8', 'ours+guards', '8', 'phoenixkit'),
    ('one code, 32 clients: striped ÷ not', '≥', 5, 'hot', 'on', 'striped', 'on', 'one'),
    ('one code, 32 clients: striped ÷ many codes', '≥', 0.85, 'hot', 'on', 'striped', 'on', 'many'),
    ('one code, 32 clients: striped by itself ÷ not', '≥', 5, 'hot', 'on', 'itself', 'on', 'one'),
    ('one code, 32 clients: striped by itself ÷ many codes', '≥', 0.85, 'hot', 'on', 'itself', 'on', 'many'),
    ('the same, a commit of 5 ms: striped ÷ not', '≥', 12, 'hot', '5 ms', 'striped', '5 ms', 'one'),
    ('the same, a commit of 5 ms: striped by itself ÷ not', '≥', 12, 'hot', '5 ms', 'itself', '5 ms', 'one');
