DELETE FROM host.referral_stripes AS s
 WHERE NOT EXISTS (
       SELECT 1
         FROM host.phoenix_kit_referral_codes AS c
        WHERE c.uuid = s.code_uuid)
