-- Prints what benches/run has measured: medians, and how they compare.
\pset footer off
\pset null -

\echo
\echo 'Transactions a second; × is the ratio to the hand-written statement.'
WITH medians AS (
    SELECT
        load,
        sync,
        clients,
        percentile_disc(0.5) WITHIN GROUP (ORDER BY tps) FILTER (WHERE rival = 'statement') AS statement,
        percentile_disc(0.5) WITHIN GROUP (ORDER BY tps) FILTER (WHERE rival = 'ours') AS ours,
        percentile_disc(0.5) WITHIN GROUP (ORDER BY tps) FILTER (WHERE rival = 'plpgsql') AS plpgsql,
        percentile_disc(0.5) WITHIN GROUP (ORDER BY tps) FILTER (WHERE rival = 'phoenixkit') AS phoenixkit,
        percentile_disc(0.5) WITHIN GROUP (ORDER BY tps) FILTER (WHERE rival = 'ours+guards') AS ours_guarded,
        percentile_disc(0.5) WITHIN GROUP (ORDER BY tps) FILTER (WHERE rival = 'phoenixkit+guards') AS phoenixkit_guarded
    FROM took_clients
    GROUP BY
        load,
        sync,
        clients
)
SELECT
    load AS "codes",
    sync AS "synchronous_commit",
    clients,
    round(statement) AS "statement",
    round(ours) AS "referrals",
    round(ours / statement, 2) AS "×",
    round(plpgsql) AS "PL/pgSQL",
    round(plpgsql / statement, 2) AS "×",
    round(phoenixkit) AS "PhoenixKit",
    round(phoenixkit / statement, 2) AS "×",
    round(ours_guarded / ours, 2) AS "referrals guarded ÷ not",
    round(phoenixkit_guarded / phoenixkit, 2) AS "PhoenixKit guarded ÷ not"
FROM medians
ORDER BY
    load,
    sync DESC,
    clients;

\echo 'Microseconds a call inside one backend; × is the ratio to the floor, the two writes alone.'
WITH medians AS (
    SELECT
        rival,
        percentile_disc(0.5) WITHIN GROUP (ORDER BY microseconds) AS microseconds
    FROM took_inside
    GROUP BY rival
)
SELECT
    medians.rival,
    round(medians.microseconds, 1) AS "µs",
    round(medians.microseconds / floor.microseconds, 2) AS "×"
FROM medians
LEFT JOIN medians AS floor ON floor.rival = 'floor'
ORDER BY medians.microseconds;

\echo 'Microseconds a walk; × is the ratio to the recursive query with the same rules.'
WITH medians AS (
    SELECT
        what,
        rival,
        min(found) AS found,
        percentile_disc(0.5) WITHIN GROUP (ORDER BY microseconds) AS microseconds
    FROM took_tree
    GROUP BY
        what,
        rival
)
SELECT
    ours.what AS "walk",
    CASE ours.what WHEN 'biggest' THEN ours.found ELSE round(ours.found / 200.0, 1) END AS "rows",
    round(ruled.microseconds, 1) AS "same rules",
    round(ours.microseconds, 1) AS "referrals",
    round(ours.microseconds / ruled.microseconds, 2) AS "×",
    round(plain.microseconds, 1) AS "no rules",
    round(plain.microseconds / ruled.microseconds, 2) AS "×"
FROM medians AS ours
JOIN medians AS ruled ON ruled.what = ours.what AND ruled.rival = 'ruled'
JOIN medians AS plain ON plain.what = ours.what AND plain.rival = 'plain'
WHERE ours.rival = 'ours'
ORDER BY ours.what;
