-- Prints what benches/instructions has counted.
\pset footer off

\echo 'Instructions a redemption; × is the ratio to the floor, the two writes alone.'
SELECT
    rivals.title AS "what",
    counted.figure AS "instructions",
    round(counted.figure / floor.figure, 2) AS "×"
FROM medians AS counted
JOIN medians AS floor ON floor.part = counted.part
    AND floor.rival = 'plain/floor'
JOIN inside_rivals AS rivals ON rivals.rival = counted.rival
WHERE counted.part = 'instructions'
ORDER BY rivals.place;

\echo 'Instructions a purchase; × is the ratio to its writes alone.'
SELECT
    rivals.title AS "what",
    counted.figure AS "instructions",
    round(counted.figure / floor.figure, 2) AS "×"
FROM medians AS counted
JOIN purchase_rivals AS rivals ON rivals.rival = counted.rival
JOIN medians AS floor ON floor.part = counted.part
    AND floor.rival = rivals.floor
WHERE counted.part = 'instructions'
ORDER BY rivals.place;
