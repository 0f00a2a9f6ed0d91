-- Against its being deleted: redemptions go on.
SELECT c.uuid
  FROM host.phoenix_kit_referral_codes AS c
 WHERE c.uuid OPERATOR(pg_catalog.=) $1
   FOR KEY SHARE
