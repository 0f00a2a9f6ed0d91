-- How the row spells a code that holds it already: letter for letter as it was given ($1), in its normal form ($2),
-- or in another case, $4 being what the database's upper() makes of its spellings. $3 is left out: the row that is
-- being updated.
SELECT c.code
  FROM host.phoenix_kit_referral_codes AS c
 WHERE (c.code OPERATOR(pg_catalog.=) $1
        OR pg_catalog.upper(c.code) OPERATOR(pg_catalog.=) ANY ($4))
   AND ($3 IS NULL OR c.uuid OPERATOR(pg_catalog.<>) $3)
 ORDER BY c.code OPERATOR(pg_catalog.<>) $1,
          c.code OPERATOR(pg_catalog.<>) $2,
          c.date_created,
          c.uuid
 LIMIT 1
