-- The code's counter, where nobody has its row locked.
SELECT c.number_of_uses,
       c.max_uses
  FROM host.phoenix_kit_referral_codes AS c
 WHERE c.uuid OPERATOR(pg_catalog.=) $1
   FOR NO KEY UPDATE SKIP LOCKED
