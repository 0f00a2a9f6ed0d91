-- Prints the ratios that have a goal.
\pset footer off

\echo 'Ratios that have a goal.'
SELECT
    what,
    round(ratio, 2) AS "ratio",
    relation || ' ' || bound AS "goal",
    CASE
        WHEN relation = '≤' AND ratio <= bound OR relation = '≥' AND ratio >= bound THEN 'met'
        ELSE 'missed'
    END AS "so"
FROM goals
ORDER BY place;
