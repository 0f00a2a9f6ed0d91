-- Every code, and its capitals as the database has them.
SELECT c.code,
       pg_catalog.upper(c.code)
  FROM host.phoenix_kit_referral_codes AS c
