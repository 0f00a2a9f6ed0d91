SELECT c.uuid,
       c.code,
       c.description,
       c.status,
       c.number_of_uses,
       c.max_uses,
       c.created_by_uuid,
       c.beneficiary_uuid,
       c.date_created,
       c.expiration_date
  FROM host.phoenix_kit_referral_codes AS c
 WHERE ROW(c.date_created, c.uuid) OPERATOR(pg_catalog.<) ROW($1, $2)
 ORDER BY c.date_created DESC,
          c.uuid DESC
