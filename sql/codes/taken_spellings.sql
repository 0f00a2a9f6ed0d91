-- Which of the spellings some row has.
SELECT pg_catalog.upper(c.code)
  FROM host.phoenix_kit_referral_codes AS c
 WHERE pg_catalog.upper(c.code) OPERATOR(pg_catalog.=) ANY ($1)
