-- A person's, and those that are held for them ($2). In one order, as two who are forgotten at the same moment may
-- have codes in common.
SELECT c.uuid
  FROM host.phoenix_kit_referral_codes AS c
 WHERE c.created_by_uuid OPERATOR(pg_catalog.=) $1
    OR c.beneficiary_uuid OPERATOR(pg_catalog.=) $1
    OR c.uuid OPERATOR(pg_catalog.=) ANY ($2)
 ORDER BY c.uuid
   FOR NO KEY UPDATE
