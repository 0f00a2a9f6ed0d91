DELETE FROM host.referral_code_metadata AS m
 WHERE NOT EXISTS (
       SELECT 1
         FROM host.phoenix_kit_referral_codes AS c
        WHERE c.uuid = m.code_uuid)
