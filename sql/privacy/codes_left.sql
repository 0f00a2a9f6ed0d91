SELECT c.uuid
  FROM host.phoenix_kit_referral_codes AS c
 WHERE c.created_by_uuid OPERATOR(pg_catalog.=) $1
    OR c.beneficiary_uuid OPERATOR(pg_catalog.=) $1
