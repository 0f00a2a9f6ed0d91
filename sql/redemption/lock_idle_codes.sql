-- Locks those of the codes that nobody else has locked.
SELECT c.uuid
  FROM host.phoenix_kit_referral_codes AS c
 WHERE c.uuid OPERATOR(pg_catalog.=) ANY ($1)
   FOR NO KEY UPDATE SKIP LOCKED
