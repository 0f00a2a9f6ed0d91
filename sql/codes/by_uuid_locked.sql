SELECT c.*
  FROM host.phoenix_kit_referral_codes AS c
 WHERE c.uuid OPERATOR(pg_catalog.=) $1
   FOR NO KEY UPDATE
