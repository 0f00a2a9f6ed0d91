-- Takes one use of a code whose row is locked and has been judged under that lock.
UPDATE host.phoenix_kit_referral_codes AS c
   SET number_of_uses = c.number_of_uses OPERATOR(pg_catalog.+) 1
 WHERE c.uuid OPERATOR(pg_catalog.=) $1
RETURNING c.*
