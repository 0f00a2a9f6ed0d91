-- Prints what benches/hot has measured.
\pset footer off
\pset null -

\echo 'Redemptions a second of one code, 32 clients; × is the ratio to the same code without stripes.'
SELECT
    one.what AS "a commit",
    round(alone.figure, 2) AS "takes, ms",
    round(one.figure) AS "one code",
    round(striped.figure) AS "64 stripes",
    round(striped.figure / one.figure, 2) AS "×",
    round(itself.figure) AS "by itself",
    round(itself.figure / one.figure, 2) AS "×",
    round(many.figure) AS "many codes",
    round(many.figure / one.figure, 2) AS "×"
FROM medians AS one
LEFT JOIN medians AS alone ON (alone.part, alone.what, alone.rival) = (one.part, one.what, 'alone')
LEFT JOIN medians AS striped ON (striped.part, striped.what, striped.rival) = (one.part, one.what, 'striped')
LEFT JOIN medians AS itself ON (itself.part, itself.what, itself.rival) = (one.part, one.what, 'itself')
LEFT JOIN medians AS many ON (many.part, many.what, many.rival) = (one.part, one.what, 'many')
WHERE one.part = 'hot'
  AND one.rival = 'one'
ORDER BY one.what DESC;
