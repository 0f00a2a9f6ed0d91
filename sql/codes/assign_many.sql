INSERT INTO host.referral_code_programs (code_uuid, program, owner_type)
SELECT new.uuid,
       $2,
       'user'
  FROM pg_catalog.unnest($1) AS new (uuid)
