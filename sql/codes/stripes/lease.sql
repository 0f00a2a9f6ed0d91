-- Counts uses that stripes lease, or give back, of a code whose row is locked. Somebody may have written a counter by
-- hand that an integer more or less does not fit: it stays at that end.
UPDATE host.phoenix_kit_referral_codes AS c
   SET number_of_uses = LEAST(
           GREATEST(c.number_of_uses::pg_catalog.int8 OPERATOR(pg_catalog.+) $2, -2147483648),
           2147483647)::pg_catalog.int4
 WHERE c.uuid OPERATOR(pg_catalog.=) $1
