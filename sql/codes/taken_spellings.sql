-- Which of the spellings some row has, one after another. Bounds and an order that only the index on upper(code) has,
-- and a column that no index of codes holds: whatever the statistics say, nothing else is as cheap. With them from before
-- the bulk, an equality was looked for in the whole of the unique index, once a spelling.
SELECT s.spelling,
       held.description
  FROM pg_catalog.unnest($1) AS s (spelling),
       LATERAL (
       SELECT c.description
         FROM host.phoenix_kit_referral_codes AS c
        WHERE pg_catalog.upper(c.code) OPERATOR(pg_catalog.>=) s.spelling
          AND pg_catalog.upper(c.code) OPERATOR(pg_catalog.<=) s.spelling
        ORDER BY pg_catalog.upper(c.code)
        LIMIT 1) AS held
