-- Whether another row holds the code, in one of the spellings that the database's upper() gives it. No LIMIT: where the
-- planner knows nothing of upper(code) yet it would rather read the table from its start.
SELECT c.uuid
  FROM host.phoenix_kit_referral_codes AS c
 WHERE pg_catalog.upper(c.code) OPERATOR(pg_catalog.=) ANY ($1)
   AND ($2 IS NULL OR c.uuid OPERATOR(pg_catalog.<>) $2)
