-- Prints what benches/lists has measured.
\pset footer off

\echo 'What lists and reports of conversions and payouts take.'
SELECT
    regexp_replace(what, '0{8}-0000-7000-', '', 'g') AS "what",
    max(figure) FILTER (WHERE rival = 'rows') AS "rows",
    round(max(figure) FILTER (WHERE rival = 'ms'), 2) AS "ms",
    max(figure) FILTER (WHERE rival = 'pages') AS "pages"
FROM medians
WHERE part = 'lists'
GROUP BY what
ORDER BY what;
