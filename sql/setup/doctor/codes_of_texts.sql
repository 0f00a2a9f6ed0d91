-- The same of those codes that are stored as one of the texts.
SELECT c.code,
       pg_catalog.upper(c.code)
  FROM host.phoenix_kit_referral_codes AS c
 WHERE c.code OPERATOR(pg_catalog.=) ANY ($1)
