-- Prints what benches/clients has measured.
\pset footer off
\pset null -

\echo 'Redemptions a second; × is the ratio to the hand-written statement.'
SELECT
    split_part(what, ', ', 1) AS "codes",
    split_part(what, ', ', 2) AS "synchronous_commit",
    split_part(what, ', ', 3) AS "clients",
    round(statement) AS "statement",
    round(guarded) AS "referrals",
    round(guarded / statement, 2) AS "×",
    round(ours / statement, 2) AS "× guards off",
    round(plpgsql) AS "PL/pgSQL",
    round(plpgsql / statement, 2) AS "×",
    round(phoenixkit) AS "PhoenixKit",
    round(phoenixkit / statement, 2) AS "×",
    round(phoenixkit_guarded / statement, 2) AS "× under guards"
FROM (
    SELECT
        what,
        max(figure) FILTER (WHERE rival = 'statement') AS statement,
        max(figure) FILTER (WHERE rival = 'ours') AS ours,
        max(figure) FILTER (WHERE rival = 'ours+guards') AS guarded,
        max(figure) FILTER (WHERE rival = 'plpgsql') AS plpgsql,
        max(figure) FILTER (WHERE rival = 'phoenixkit') AS phoenixkit,
        max(figure) FILTER (WHERE rival = 'phoenixkit+guards') AS phoenixkit_guarded
    FROM medians
    WHERE part = 'clients'
    GROUP BY what
) AS by_rival
ORDER BY
    split_part(what, ', ', 1),
    split_part(what, ', ', 2) DESC,
    split_part(what, ', ', 3)::integer;
