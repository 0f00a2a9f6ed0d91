INSERT INTO host.phoenix_kit_referral_code_usage (uuid, code_uuid, used_by_uuid, date_used)
VALUES ($1, $2, $3, $4)
    ON CONFLICT DO NOTHING
RETURNING (SELECT p.program
          FROM host.referral_code_programs AS p
         WHERE p.code_uuid OPERATOR(pg_catalog.=) $2)
