INSERT INTO host.referral_code_programs (code_uuid, program, owner_uuid, owner_type)
VALUES ($1, $2, $3, $4)
    ON CONFLICT DO NOTHING
