INSERT INTO host.referral_code_programs (code_uuid, program, owner_uuid, owner_type, generation)
VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT DO NOTHING
