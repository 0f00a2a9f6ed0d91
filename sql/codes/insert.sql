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
VALUES ($1, $2, $3, $4, 0, $5, $6, $7, $8, $9)
    ON CONFLICT DO NOTHING
RETURNING c.*
