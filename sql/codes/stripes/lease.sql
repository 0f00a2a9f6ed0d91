-- Counts uses that stripes lease, or give back, of a code whose row is locked.
UPDATE host.phoenix_kit_referral_codes AS c
   SET number_of_uses = c.number_of_uses OPERATOR(pg_catalog.+) $2
 WHERE c.uuid OPERATOR(pg_catalog.=) $1
