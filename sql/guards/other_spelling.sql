-- Whether another row holds the code in another case; $3 are the spellings that the database's upper() gives it. One that holds it letter for letter is left to the
-- unique index, so that the host's ON CONFLICT clauses and constraint names work as without guards.
SELECT c.uuid
  FROM host.phoenix_kit_referral_codes AS c
 WHERE pg_catalog.upper(c.code) OPERATOR(pg_catalog.=) ANY ($3)
   AND c.code OPERATOR(pg_catalog.<>) $1
   AND c.uuid OPERATOR(pg_catalog.<>) $2
 LIMIT 1
