-- Takes one use of a code whose row is locked and has been judged under that lock.
UPDATE host.phoenix_kit_referral_codes AS c
   SET number_of_uses = c.number_of_uses OPERATOR(pg_catalog.+) 1
 WHERE c.uuid OPERATOR(pg_catalog.=) $1
RETURNING c.*,
       (SELECT p.program
          FROM host.referral_code_programs AS p
         WHERE p.code_uuid OPERATOR(pg_catalog.=) c.uuid),
       (SELECT s.value OPERATOR(pg_catalog.=) 'true'
          FROM host.phoenix_kit_settings AS s
         WHERE s.key OPERATOR(pg_catalog.=) 'referral_events_enabled')
