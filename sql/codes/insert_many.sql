-- One batch of new codes, save those that some row holds by now.
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
    ON CONFLICT DO NOTHING
RETURNING c.uuid,
       c.code
