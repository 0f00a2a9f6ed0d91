-- Prints what benches/tree has measured.
\pset footer off

\echo 'Microseconds a walk; × is the ratio to the recursive query with the same rules.'
SELECT
    ours.what AS "walk",
    round(found.figure, 1) AS "rows",
    round(ruled.figure, 1) AS "same rules",
    round(ours.figure, 1) AS "referrals",
    round(ours.figure / ruled.figure, 2) AS "×",
    round(plain.figure, 1) AS "no rules",
    round(plain.figure / ruled.figure, 2) AS "×"
FROM medians AS ours
JOIN medians AS found ON (found.part, found.what, found.rival) = ('tree rows', ours.what, 'ours')
JOIN medians AS ruled ON (ruled.part, ruled.what, ruled.rival) = (ours.part, ours.what, 'ruled')
JOIN medians AS plain ON (plain.part, plain.what, plain.rival) = (ours.part, ours.what, 'plain')
WHERE ours.part = 'tree'
  AND ours.rival = 'ours'
ORDER BY ours.what;
