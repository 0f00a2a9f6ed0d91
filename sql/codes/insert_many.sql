-- One batch of new codes, save those that some row holds already, in whatever case.
INSERT INTO host.phoenix_kit_referral_codes AS c (
       uuid,
       code,
       description,
       status,
       number_of_uses,
       max_uses,
       created_by_uuid,
       beneficiary_uuid,
       date_created,
       expiration_date)
SELECT new.uuid,
       new.code,
       $3,
       true,
       0,
       $4,
       $5,
       $6,
       $7,
       $8
  FROM ROWS FROM (pg_catalog.unnest($1), pg_catalog.unnest($2)) AS new (uuid, code)
 WHERE NOT EXISTS (
       SELECT 1
         FROM host.phoenix_kit_referral_codes AS held
        WHERE pg_catalog.upper(held.code) OPERATOR(pg_catalog.=) new.code)
    ON CONFLICT DO NOTHING
RETURNING c.code,
       c.uuid
