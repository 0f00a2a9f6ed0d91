-- Takes one use where every rule holds, under the row's lock. $1 code, $2 user, $3 the clock.
-- The rules and their order are those of src/rules/redemption.rs. A beneficiary who may use the own code, as a
-- setting allows, takes the longer way.
UPDATE host.phoenix_kit_referral_codes AS c
   SET number_of_uses = c.number_of_uses OPERATOR(pg_catalog.+) 1
 WHERE c.code OPERATOR(pg_catalog.=) $1
   AND c.status
   AND (c.expiration_date IS NULL
        OR c.expiration_date OPERATOR(pg_catalog.>) $3)
   AND c.number_of_uses OPERATOR(pg_catalog.<) c.max_uses
   AND (c.beneficiary_uuid IS NULL
        OR c.beneficiary_uuid OPERATOR(pg_catalog.<>) $2)
RETURNING c.*
