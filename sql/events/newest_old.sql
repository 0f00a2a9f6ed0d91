-- The highest id of those that were told last before $1. Ids follow the clock only by and large; to look for the highest
-- of all, along the ids, would be to read whatever is younger.
SELECT pg_catalog.max(o.id)
  FROM (SELECT e.id
          FROM host.referral_events AS e
         WHERE e.created_at OPERATOR(pg_catalog.<) $1
         ORDER BY e.created_at DESC,
                  e.id DESC
         LIMIT 1000) AS o
