-- Prints what benches/inside has measured.
\pset footer off

\echo 'Microseconds of CPU a redemption inside one backend; × is the ratio to the floor, the two writes alone.'
SELECT
    rivals.title AS "what",
    round(measured.figure, 1) AS "µs",
    round(measured.figure / floor.figure, 2) AS "×"
FROM medians AS measured
JOIN medians AS floor ON floor.part = measured.part
    AND floor.rival = 'plain/floor'
JOIN inside_rivals AS rivals ON rivals.rival = measured.rival
WHERE measured.part = 'inside'
ORDER BY rivals.place;
