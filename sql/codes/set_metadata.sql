INSERT INTO host.referral_code_metadata (code_uuid, metadata)
VALUES ($1, $2)
    ON CONFLICT (code_uuid) DO UPDATE
   SET metadata = $2
