-- The uses that a code has left for its stripes to lease, where nobody has its row locked.
SELECT c.max_uses OPERATOR(pg_catalog.-) c.number_of_uses::pg_catalog.int8
  FROM host.phoenix_kit_referral_codes AS c
 WHERE c.uuid OPERATOR(pg_catalog.=) $1
   FOR NO KEY UPDATE SKIP LOCKED
