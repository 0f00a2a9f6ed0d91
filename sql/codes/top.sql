SELECT c.*
  FROM host.phoenix_kit_referral_codes AS c
 WHERE c.number_of_uses OPERATOR(pg_catalog.>) 0
 ORDER BY c.number_of_uses DESC,
          c.date_created,
          c.uuid
 LIMIT $1
