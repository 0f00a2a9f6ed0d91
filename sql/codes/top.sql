SELECT c.uuid,
       c.code,
       c.description,
       c.status,
       c.number_of_uses,
       c.max_uses,
       c.created_by_uuid,
       c.beneficiary_uuid,
       c.date_created,
       c.expiration_date
  FROM host.phoenix_kit_referral_codes AS c
 WHERE c.number_of_uses OPERATOR(pg_catalog.>) 0
 ORDER BY c.number_of_uses DESC,
          c.date_created,
          c.uuid
 LIMIT $1
