-- Gives uses back.
UPDATE host.phoenix_kit_referral_codes AS c
   SET number_of_uses = CASE
       WHEN c.number_of_uses OPERATOR(pg_catalog.>) $2
       THEN c.number_of_uses OPERATOR(pg_catalog.-) $2
       ELSE 0
       END
 WHERE c.uuid OPERATOR(pg_catalog.=) $1
   AND c.number_of_uses OPERATOR(pg_catalog.>) 0
