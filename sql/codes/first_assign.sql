INSERT INTO host.referral_code_programs (code_uuid, program, owner_type)
VALUES ($1, $2, 'user')
