-- Prints how what was measured compares with the goals.
\pset footer off

\ir ../goals.sql
\echo 'Goals.'
SELECT
    goals.goal AS "÷ of two figures of this run",
    round(reached.ratio, 2) AS "measured",
    goals.relation || ' ' || goals.bound AS "goal",
    CASE
        WHEN goals.relation IN ('<', '≤') AND reached.ratio <= goals.bound
            OR goals.relation = '≥' AND reached.ratio >= goals.bound THEN 'met'
        ELSE 'missed'
    END AS " "
FROM goals
JOIN medians AS above ON above.part = goals.part
    AND above.what = goals.above_what
    AND above.rival = goals.above_rival
LEFT JOIN medians AS below ON below.part = goals.part
    AND below.what = goals.below_what
    AND below.rival = goals.below_rival
CROSS JOIN LATERAL (SELECT above.figure / CASE WHEN goals.below_rival IS NULL THEN 1 ELSE below.figure END AS ratio)
    AS reached
WHERE reached.ratio IS NOT NULL
ORDER BY goals.place;
