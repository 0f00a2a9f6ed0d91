UPDATE host.phoenix_kit_referral_codes AS c
   SET code = $2,
       description = $3,
       status = $4,
       max_uses = $5,
       created_by_uuid = $6,
       beneficiary_uuid = $7,
       date_created = $8,
       expiration_date = $9
 WHERE c.uuid OPERATOR(pg_catalog.=) $1
RETURNING c.*
