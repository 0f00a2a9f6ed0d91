SELECT c.code,
       c.uuid
  FROM host.phoenix_kit_referral_codes AS c
 WHERE c.uuid OPERATOR(pg_catalog.=) ANY ($1)
