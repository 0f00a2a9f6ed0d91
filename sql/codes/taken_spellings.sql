-- Which of the spellings some row has. One after another, by the index.
SELECT s.spelling
  FROM pg_catalog.unnest($1) AS s (spelling),
       LATERAL (
       SELECT c.uuid
         FROM host.phoenix_kit_referral_codes AS c
        WHERE pg_catalog.upper(c.code) OPERATOR(pg_catalog.=) s.spelling
       OFFSET 0) AS held
