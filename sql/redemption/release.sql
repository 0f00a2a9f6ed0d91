-- Gives one use back.
UPDATE host.phoenix_kit_referral_codes AS c
   SET number_of_uses = c.number_of_uses OPERATOR(pg_catalog.-) 1
 WHERE c.uuid OPERATOR(pg_catalog.=) $1
   AND c.number_of_uses OPERATOR(pg_catalog.>) 0
