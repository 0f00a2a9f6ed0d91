DELETE FROM host.phoenix_kit_referral_code_usage AS u
 USING host.phoenix_kit_referral_code_usage AS earlier
 WHERE earlier.code_uuid = u.code_uuid
   AND earlier.used_by_uuid = u.used_by_uuid
   AND (earlier.date_used, earlier.uuid) < (u.date_used, u.uuid)
