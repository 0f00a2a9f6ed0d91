-- One answer to whether a code can be used: its state, the lists, the checks and redemption, programs included.
CREATE EXTENSION referrals;
SET client_min_messages = warning;
SELECT pg_catalog.count(*) > 0 AS made FROM referral_setup();
\set alice '''00000000-0000-0000-0000-00000000000a'''
\set bob '''00000000-0000-0000-0000-00000000000b'''
\set carol '''00000000-0000-0000-0000-00000000000c'''
CREATE FUNCTION code_uuid(code text) RETURNS uuid LANGUAGE sql AS
    'SELECT uuid FROM referral_get_code_by_string(code)';

-- What every function says of each code; the last column is what somebody is told who would redeem it.
CREATE VIEW answers AS
SELECT c.code,
       c.state,
       c.remaining_uses AS remaining,
       referral_valid_for_use(c.uuid) AS valid,
       EXISTS (SELECT FROM referral_list_valid_codes() AS v WHERE v.uuid = c.uuid) AS listed,
       EXISTS (SELECT FROM referral_find_codes(pg_catalog.jsonb_build_object('state', c.state)) AS f WHERE f.uuid = c.uuid) AS found,
       s.ok AS at_signup,
       d.valid AS dry_run,
       d.remaining_uses AS dry_remaining,
       referral_usage_limit_reached(c.uuid) AS used_up,
       coalesce(d.reason, 'none') AS refusal
  FROM referral_list_codes() AS c,
       referral_check_signup(c.code) AS s,
       referral_validate_code(c.code) AS d
 ORDER BY c.code;

SELECT key FROM referral_create_program('capped', '{"max_uses_total": 3}');
SELECT key FROM referral_create_program('paused', '{"status": "paused"}');
SELECT key FROM referral_create_program('coming', '{"starts_at": "2999-01-01"}');
SELECT key FROM referral_create_program('over', '{"ends_at": "2001-01-01"}');
SELECT pg_catalog.count(*) FROM (
    SELECT referral_create_code(:alice, name, max_uses => 5)
      FROM pg_catalog.unnest(ARRAY['FREE', 'CAP-A', 'CAP-B', 'PAUSED', 'COMING', 'OVER', 'PAUSED-OFF', 'PAUSED-OLD', 'PAUSED-FULL']) AS name
     ) AS made;
SELECT code, remaining_uses, state FROM referral_create_code(:bob, 'FRIEND', max_uses => 5, beneficiary_uuid => :bob);
SELECT code, referral_assign_program(code_uuid(code), program) AS moved
  FROM (VALUES ('CAP-A', 'capped'), ('CAP-B', 'capped'), ('PAUSED', 'paused'), ('COMING', 'coming'), ('OVER', 'over'),
               ('PAUSED-OFF', 'paused'), ('PAUSED-OLD', 'paused'), ('PAUSED-FULL', 'paused'), ('PAUSED', 'paused')) AS v (code, program);
SELECT code, state FROM referral_update_code(code_uuid('PAUSED-OFF'), '{"status": false}');
UPDATE phoenix_kit_referral_codes SET expiration_date = '2020-01-01' WHERE code = 'PAUSED-OLD';
UPDATE phoenix_kit_referral_codes SET number_of_uses = 5 WHERE code = 'PAUSED-FULL';
SELECT referral_enable_system();
SELECT * FROM answers;

-- What the program has left is what its codes have left, also in the eyes of whoever changes one.
SELECT ok FROM referral_try_use_code('CAP-A', :carol);
SELECT ok FROM referral_try_use_code('CAP-A', :bob);
SELECT * FROM answers WHERE code LIKE 'CAP%';
SELECT code, remaining_uses, state FROM referral_update_code(code_uuid('CAP-B'), '{"max_uses": 6}');
SELECT ok FROM referral_try_use_code('CAP-B', pg_catalog.gen_random_uuid());
SELECT * FROM answers WHERE code LIKE 'CAP%';
SELECT code, remaining_uses, state FROM referral_get_code_strict(code_uuid('CAP-A'));
SELECT code, remaining_uses, state FROM referral_top_codes() WHERE code LIKE 'CAP%';

-- A use that is held for somebody who has come too late is free in the program too, and so are leases of its stripes.
SELECT max_uses_total FROM referral_update_program('capped', '{"max_uses_total": 4}');
SELECT ok FROM referral_try_hold_use('CAP-B', :alice, '1 millisecond');
SELECT pg_catalog.pg_sleep(0.01);
SELECT * FROM answers WHERE code LIKE 'CAP%';
SELECT max_uses_total FROM referral_update_program('capped', '{"max_uses_total": 6}');
SELECT referral_stripe_code(code_uuid('CAP-B'), 2);
SELECT key, number_of_uses FROM referral_get_program('capped');
SELECT * FROM answers WHERE code LIKE 'CAP%';

-- The default program speaks for codes with a beneficiary that nobody has assigned.
SELECT status FROM referral_update_program('default', '{"status": "paused"}');
SELECT * FROM answers WHERE state = 'program_not_active' ORDER BY code;
SELECT status FROM referral_update_program('default', '{"status": "active"}');
SELECT status FROM referral_update_program('paused', '{"status": "active"}');
SELECT * FROM answers WHERE code LIKE 'PAUSED%';

SELECT referral_expired(code_uuid('PAUSED-OLD')) AS expired, referral_expired(code_uuid('OVER')) AS over, referral_valid_for_use(NULL) AS nothing;
