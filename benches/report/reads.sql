-- Prints what benches/reads has measured.
\pset footer off

\echo 'What size costs.'
SELECT
    what || CASE rival WHEN 'ms' THEN '' ELSE ', ' || rival END AS "what",
    round(figure, CASE rival WHEN 'ms' THEN 2 WHEN 's' THEN 1 ELSE 0 END) AS "figure"
FROM medians
WHERE part = 'reads'
ORDER BY
    rival,
    what;
