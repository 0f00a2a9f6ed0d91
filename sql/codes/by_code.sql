-- By the unique index on the raw code: every code written since normalisation is found here.
SELECT c.*
  FROM host.phoenix_kit_referral_codes AS c
 WHERE c.code OPERATOR(pg_catalog.=) $1
