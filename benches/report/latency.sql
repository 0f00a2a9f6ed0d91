-- Prints what benches/latency has measured.
\pset footer off

SELECT round(figure, 2) AS round_trip
FROM medians
WHERE part = 'latency'
  AND rival = 'round trip'
\gset
\echo 'Redemptions a second, client and server apart: a round trip that does nothing takes' :round_trip 'ms.'
SELECT
    split_part(ours.what, ', ', 1) AS "synchronous_commit",
    split_part(ours.what, ', ', 2) AS "clients",
    round(ours.figure) AS "referrals",
    round(phoenixkit.figure) AS "PhoenixKit",
    round(ours.figure / phoenixkit.figure, 2) AS "×"
FROM medians AS ours
JOIN medians AS phoenixkit ON phoenixkit.part = ours.part
    AND phoenixkit.what = ours.what
    AND phoenixkit.rival = 'phoenixkit'
WHERE ours.part = 'latency'
  AND ours.rival = 'ours+guards'
ORDER BY
    split_part(ours.what, ', ', 1) DESC,
    split_part(ours.what, ', ', 2)::integer;
