-- By the index on upper(code), for rows older than normalisation. The database's upper() is asked of
-- what was typed too, because its rules for letters such as ß or ı may not be Unicode's.
-- OFFSET 0: sorted apart. Where the statistics know nothing of upper(code), or of rows that a bulk has just written, the
-- index in the order of dates looks as good, and would be read to its end for a code that nobody has.
SELECT c.*
  FROM (SELECT c.*
          FROM host.phoenix_kit_referral_codes AS c
         WHERE pg_catalog.upper(c.code) OPERATOR(pg_catalog.=) ANY (ARRAY[$1, pg_catalog.upper($2)])
        OFFSET 0) AS c
 ORDER BY c.date_created,
          c.uuid
 LIMIT 1
