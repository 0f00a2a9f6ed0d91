SELECT c.*
  FROM host.phoenix_kit_referral_codes AS c
 ORDER BY c.date_created DESC,
          c.uuid DESC
