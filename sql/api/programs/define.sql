CREATE FUNCTION referral_create_program(
       key                      text,
       attributes               jsonb DEFAULT '{}',
       OUT key                  text,
       OUT name                 text,
       OUT status               text,
       OUT starts_at            timestamptz,
       OUT ends_at              timestamptz,
       OUT code_length          integer,
       OUT code_alphabet        text,
       OUT code_prefix          text,
       OUT max_uses_per_code    integer,
       OUT max_uses_total       integer,
       OUT number_of_uses       integer,
       OUT codes_expire_after   interval,
       OUT referrer_reward      numeric,
       OUT referee_reward       numeric,
       OUT currency             text,
       OUT min_purchase         numeric,
       OUT first_purchase_only  boolean,
       OUT one_code_per_referee boolean,
       OUT attribution_window   interval,
       OUT hold_period          interval,
       OUT requires_approval    boolean,
       OUT metadata             jsonb,
       OUT created_at           timestamptz,
       OUT updated_at           timestamptz)
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_create_program_wrapper';

COMMENT ON FUNCTION referral_create_program(text, jsonb) IS
'Creates a program. Attributes, with their defaults: name (the key), status active (or paused, ended), starts_at and ends_at null, code_length 8, code_alphabet (capitals and digits without 0 O 1 I), code_prefix '''', max_uses_per_code 10, max_uses_total null (a cap over all codes of the program), codes_expire_after null, referrer_reward 10, referee_reward 10, currency USD, min_purchase 10, first_purchase_only true, one_code_per_referee true (a user who has redeemed one code of the program is refused another), attribution_window null (how long after the redemption a purchase counts), hold_period 0 (how long a reward is held), requires_approval false, metadata {}. Errors: 23505 the key is taken, 23514 a value breaks a rule, 22023 an unknown attribute.';

CREATE FUNCTION referral_update_program(
       key                      text,
       changes                  jsonb,
       OUT key                  text,
       OUT name                 text,
       OUT status               text,
       OUT starts_at            timestamptz,
       OUT ends_at              timestamptz,
       OUT code_length          integer,
       OUT code_alphabet        text,
       OUT code_prefix          text,
       OUT max_uses_per_code    integer,
       OUT max_uses_total       integer,
       OUT number_of_uses       integer,
       OUT codes_expire_after   interval,
       OUT referrer_reward      numeric,
       OUT referee_reward       numeric,
       OUT currency             text,
       OUT min_purchase         numeric,
       OUT first_purchase_only  boolean,
       OUT one_code_per_referee boolean,
       OUT attribution_window   interval,
       OUT hold_period          interval,
       OUT requires_approval    boolean,
       OUT metadata             jsonb,
       OUT created_at           timestamptz,
       OUT updated_at           timestamptz)
LANGUAGE c VOLATILE PARALLEL UNSAFE
AS 'MODULE_PATHNAME', 'referral_update_program_wrapper';

COMMENT ON FUNCTION referral_update_program(text, jsonb) IS
'Changes attributes of a program; rewards that were promised or granted before stay as they are. Setting max_uses_total where it was null waits for redemptions under way and holds new ones until the transaction ends. Errors: 22023 no such program or an unknown attribute, 23514 a value breaks a rule, 40001 another session took the cap away meanwhile: try again.';

CREATE FUNCTION referral_get_program(
       key text)
RETURNS TABLE (
       key                  text,
       name                 text,
       status               text,
       starts_at            timestamptz,
       ends_at              timestamptz,
       code_length          integer,
       code_alphabet        text,
       code_prefix          text,
       max_uses_per_code    integer,
       max_uses_total       integer,
       number_of_uses       integer,
       codes_expire_after   interval,
       referrer_reward      numeric,
       referee_reward       numeric,
       currency             text,
       min_purchase         numeric,
       first_purchase_only  boolean,
       one_code_per_referee boolean,
       attribution_window   interval,
       hold_period          interval,
       requires_approval    boolean,
       metadata             jsonb,
       created_at           timestamptz,
       updated_at           timestamptz)
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_get_program_wrapper';

COMMENT ON FUNCTION referral_get_program(text) IS
'The program, or no row. number_of_uses counts the uses of all its codes while max_uses_total is set, and is 0 otherwise.';

CREATE FUNCTION referral_list_programs()
RETURNS TABLE (
       key                  text,
       name                 text,
       status               text,
       starts_at            timestamptz,
       ends_at              timestamptz,
       code_length          integer,
       code_alphabet        text,
       code_prefix          text,
       max_uses_per_code    integer,
       max_uses_total       integer,
       number_of_uses       integer,
       codes_expire_after   interval,
       referrer_reward      numeric,
       referee_reward       numeric,
       currency             text,
       min_purchase         numeric,
       first_purchase_only  boolean,
       one_code_per_referee boolean,
       attribution_window   interval,
       hold_period          interval,
       requires_approval    boolean,
       metadata             jsonb,
       created_at           timestamptz,
       updated_at           timestamptz)
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'referral_list_programs_wrapper';

COMMENT ON FUNCTION referral_list_programs() IS
'All programs, oldest first.';
