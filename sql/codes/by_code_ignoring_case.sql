-- By the index on upper(code), for rows older than normalisation. The database's upper() is asked of
-- what was typed too, because its rules for letters such as ß or ı may not be Unicode's.
SELECT c.*
  FROM host.phoenix_kit_referral_codes AS c
 WHERE pg_catalog.upper(c.code) OPERATOR(pg_catalog.=) ANY (ARRAY[$1, pg_catalog.upper($2)])
 ORDER BY c.date_created,
          c.uuid
 LIMIT 1
