-- Takes one use where every rule holds, under the row's lock. $1 code, $2 user, $3 the clock.
-- The rules and their order are those of src/rules/refusal.rs. A beneficiary who may use the own code, as a
-- setting allows, takes the longer way: each other redemption would pay for asking.
UPDATE host.phoenix_kit_referral_codes AS c
   SET number_of_uses = c.number_of_uses OPERATOR(pg_catalog.+) 1
 WHERE c.code OPERATOR(pg_catalog.=) $1
   AND c.status
   AND (c.expiration_date IS NULL
        OR c.expiration_date OPERATOR(pg_catalog.>) $3)
   AND c.number_of_uses OPERATOR(pg_catalog.<) c.max_uses
   AND (c.beneficiary_uuid IS NULL
        OR c.beneficiary_uuid OPERATOR(pg_catalog.<>) $2)
   AND (SELECT s.value OPERATOR(pg_catalog.=) 'true'
          FROM host.phoenix_kit_settings AS s
         WHERE s.key OPERATOR(pg_catalog.=) 'referral_codes_enabled')
RETURNING c.*,
       (SELECT p.program
          FROM host.referral_code_programs AS p
         WHERE p.code_uuid OPERATOR(pg_catalog.=) c.uuid),
       (SELECT s.value OPERATOR(pg_catalog.=) 'true'
          FROM host.phoenix_kit_settings AS s
         WHERE s.key OPERATOR(pg_catalog.=) 'referral_events_enabled')
