-- Counters and leases as far as an integer goes, written by hand where no guard is: nothing that is summed or given back
-- runs over.
CREATE EXTENSION referrals;
SET client_min_messages = warning;
SELECT count(*) > 0 AS is_set_up FROM referral_setup(guards => false);
SELECT referral_set_max_uses_per_code(2147483647);
SELECT key FROM referral_create_program('capped', '{"max_uses_total": 2147483647, "one_code_per_referee": false}');
SELECT key FROM referral_create_program('other', '{"max_uses_total": 2147483647}');
CREATE TABLE codes AS
SELECT uuid, code, gen_random_uuid() AS usage
  FROM referral_create_code('00000000-0000-0000-0000-00000000000a', 'HOT', max_uses => 2147483647,
                            beneficiary_uuid => '00000000-0000-0000-0000-00000000000a');
SELECT referral_assign_program(uuid, 'capped') FROM codes;
UPDATE codes SET usage = (SELECT usage_uuid FROM referral_use_code('HOT', '00000000-0000-0000-0000-00000000000b'));
SELECT referral_stripe_code(uuid, 2) FROM codes;

CREATE TABLE situations AS
SELECT uses, max_uses, leased, of_program, program_leased
  FROM (VALUES (-2147483648, 1), (-2147483648, 2147483647), (-1, 2147483647), (2147483647, -2147483648),
               (2147483646, 2147483647)) AS of_code (uses, max_uses),
       unnest(ARRAY[0, 2147483647]) AS leased,
       (VALUES (-2147483648, 0), (-2147483648, 2147483647), (2147483647, 2147483647)) AS of_program (of_program, program_leased);

-- Each call, from each situation: those that end in an error of a sum that runs over, or of the extension itself.
CREATE FUNCTION runs_over(call text, uses int, max_uses int, leased int, of_program int, program_leased int)
RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    state text;
    message text;
BEGIN
    SET LOCAL session_replication_role = replica;
    UPDATE phoenix_kit_referral_codes AS c SET number_of_uses = uses, max_uses = runs_over.max_uses;
    UPDATE referral_stripes SET uses_left = leased;
    UPDATE referral_programs SET number_of_uses = of_program WHERE key = 'capped';
    UPDATE referral_program_stripes SET uses_left = program_leased;
    SET LOCAL session_replication_role = origin;
    EXECUTE call USING (SELECT uuid FROM codes), (SELECT usage FROM codes);
    RAISE 'undo it' USING ERRCODE = 'UNDO0';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS state = RETURNED_SQLSTATE, message = MESSAGE_TEXT;
    RETURN CASE WHEN state IN ('22003', 'XX000') THEN state || ': ' || message END;
END $$;
SELECT call, told, count(*) AS times
  FROM unnest(ARRAY[
       'SELECT referral_unstripe_code($1)',
       'SELECT referral_stripe_code($1, 4)',
       'SELECT referral_stripe_code($1, 1)',
       'SELECT * FROM referral_use_code(''HOT'', gen_random_uuid())',
       'SELECT * FROM referral_use_codes(''HOT'', ARRAY(SELECT gen_random_uuid() FROM generate_series(1, 20)))',
       'SELECT * FROM referral_hold_use(''HOT'', gen_random_uuid())',
       'INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid) VALUES ($1, gen_random_uuid())',
       'SELECT referral_undo_use($2)',
       'SELECT * FROM referral_update_code($1, ''{"max_uses": 7, "description": "y"}'')',
       'SELECT referral_deactivate_code(''HOT'')',
       'SELECT referral_delete_code($1)',
       'SELECT referral_assign_program($1, ''other'')',
       'SELECT referral_update_program(''capped'', ''{"max_uses_total": null}'')',
       'SELECT referral_update_program(''capped'', ''{"max_uses_total": 5}'')',
       'SELECT * FROM referral_get_code($1), referral_get_program(''capped'')',
       'SELECT * FROM referral_list_valid_codes(), referral_list_programs()',
       'SELECT * FROM referral_code_uses($1)',
       'SELECT * FROM referral_validate_code(''HOT'')',
       'SELECT * FROM referral_user_stats(''00000000-0000-0000-0000-00000000000a'', ''capped'')',
       'SELECT referral_forget_user(''00000000-0000-0000-0000-00000000000a'')']) WITH ORDINALITY AS calls (call, place),
       situations AS s,
       runs_over(call, uses, max_uses, leased, of_program, program_leased) AS told
 WHERE told IS NOT NULL
 GROUP BY place, call, told
 ORDER BY place, told;
-- With the guards, too, once somebody has attached them.
SELECT count(*) > 0 AS is_set_up FROM referral_setup();
SELECT call, told, count(*) AS times
  FROM unnest(ARRAY[
       'SELECT referral_unstripe_code($1)',
       'SELECT * FROM referral_use_code(''HOT'', gen_random_uuid())',
       'INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid) VALUES ($1, gen_random_uuid())',
       'UPDATE phoenix_kit_referral_codes SET number_of_uses = 2147483647',
       'UPDATE phoenix_kit_referral_codes SET number_of_uses = number_of_uses - 1 WHERE number_of_uses > 0',
       'UPDATE phoenix_kit_referral_codes SET max_uses = 3',
       'DELETE FROM phoenix_kit_referral_code_usage',
       'DELETE FROM phoenix_kit_referral_codes']) WITH ORDINALITY AS calls (call, place),
       situations AS s,
       runs_over(call, uses, max_uses, leased, of_program, program_leased) AS told
 WHERE told IS NOT NULL
 GROUP BY place, call, told
 ORDER BY place, told;
