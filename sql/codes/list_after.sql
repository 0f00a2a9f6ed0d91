SELECT c.*
  FROM host.phoenix_kit_referral_codes AS c
 WHERE ROW(c.date_created, c.uuid) OPERATOR(pg_catalog.<) ROW($1, $2)
 ORDER BY c.date_created DESC,
          c.uuid DESC
