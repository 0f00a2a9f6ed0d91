-- Calls of the public functions, with arguments of which most is to be read; each paragraph is a transaction, which is
-- rolled back. Where a paragraph is a report's, it reads what it is about as a whole.

SELECT * FROM referral_get_code(id('code1'));
SELECT * FROM referral_get_code_strict(id('code1'));
SELECT * FROM referral_code_uses(id('code1'));
SELECT * FROM referral_get_code_by_string('code1');
SELECT * FROM referral_get_code_by_string('nobody');
SELECT * FROM referral_list_codes(10);
SELECT * FROM referral_list_codes(10, id('code10000'));
SELECT * FROM referral_list_valid_codes(10);
SELECT * FROM referral_list_valid_codes(10, id('code10000'));
SELECT * FROM referral_find_codes('{}', 10);
SELECT * FROM referral_find_codes('{"program": "program7"}', 10);
SELECT * FROM referral_find_codes('{"metadata": {"campaign": 7}}', 10);
SELECT * FROM referral_find_codes(jsonb_build_object('created_by_uuid', id('owner7')), 10);
SELECT * FROM referral_find_codes(jsonb_build_object('beneficiary_uuid', id('owner7')), 10);
SELECT referral_code_metadata(id('code1'));
SELECT referral_valid_for_use(id('code1')), referral_expired(id('code1')), referral_usage_limit_reached(id('code1'));
SELECT * FROM referral_code_errors('{"code": "CODE1", "max_uses": 5}');
SELECT referral_generate_unique_code();
SELECT referral_count_user_codes(id('owner1')), referral_validate_user_code_limit(id('owner1'));
SELECT referral_count_user_codes(id('owner7')), referral_validate_user_code_limit(id('owner7'));
SELECT * FROM referral_resolve('code1');
SELECT * FROM referral_validate_code('code1', id('user0'));
SELECT * FROM referral_validate_code('code14', id('user0'));

SELECT * FROM referral_stats(id('code1'));
SELECT * FROM referral_stats(id('code7'));
SELECT * FROM referral_list_usage_for_code(id('code1'), 10);
SELECT * FROM referral_list_usage_for_code(id('code1'), 10, id('usage10000'));
SELECT * FROM referral_list_usage_for_code(id('code7'));
SELECT * FROM referral_list_usage_for_user(id('user0'), 10);
SELECT * FROM referral_list_usage_for_user(id('user0'), 10, id('usage22000'));
SELECT * FROM referral_list_usage_for_user(id('user7'));
SELECT * FROM referral_list_usage_for_user(id('nobody'));
SELECT * FROM referral_recent_usage();
SELECT referral_user_used_code(id('user0'), id('code1')), referral_user_used_code(id('user0'), id('code20'));
SELECT referral_signup_use_exists(id('user0')), referral_signup_use_exists(id('nobody'));
SELECT * FROM referral_usage_series(id('code1'), '1 day', now() - interval '1 day', now());

SELECT * FROM referral_get_program('spring');
SELECT * FROM referral_list_programs();
SELECT * FROM referral_get_conversion(id('conversion7'));
SELECT * FROM referral_conversion_of('o7');
SELECT * FROM referral_list_conversions('{}', 10);
SELECT * FROM referral_list_conversions('{}', 10, id('conversion5000'));
SELECT * FROM referral_list_conversions('{"waiting": true}', 10);
SELECT * FROM referral_list_conversions('{"program": "program7"}', 10);
SELECT * FROM referral_list_conversions(jsonb_build_object('referrer_uuid', id('owner7')), 10);
SELECT * FROM referral_list_conversions(jsonb_build_object('referee_uuid', id('user7')), 10);
SELECT * FROM referral_list_conversions(jsonb_build_object('approver_uuid', id('judge201')), 10);
SELECT * FROM referral_list_for_referrer(id('owner1'), max_rows => 10);
SELECT * FROM referral_list_for_referrer(id('owner7'));
SELECT * FROM referral_recent_conversions();
SELECT * FROM referral_history(id('conversion50'));
SELECT * FROM referral_balance(id('owner7'));
SELECT * FROM referral_list_payouts('{}', 10);
SELECT * FROM referral_list_payouts('{"status": "pending"}', 10);
SELECT * FROM referral_list_payouts(jsonb_build_object('user_uuid', id('owner7')), 10);

SELECT * FROM referral_user_stats(id('owner7'));
SELECT * FROM referral_user_stats(id('user0'));
SELECT * FROM referral_user_stats(id('user7'), 'spring');
SELECT * FROM referral_top_referrers(10, 'program7');
SELECT * FROM referral_program_report('program7');
SELECT * FROM referral_tree(id('owner7'), 2);
SELECT * FROM referral_tree(id('owner1'), 1);
SELECT * FROM referral_upline(id('user0'));
SELECT * FROM referral_upline(id('user7'));

SELECT * FROM referral_system_stats();
SELECT * FROM referral_top_codes();
SELECT * FROM referral_top_referrers();
SELECT * FROM referral_program_report('default');
SELECT * FROM referral_consumers();

SELECT * FROM referral_use_code('CODE1', id('new1'));
SELECT * FROM referral_try_use_code(' code1 ', id('user10000'));
SELECT * FROM referral_try_use_code('NOWHERE', id('new1'));
SELECT * FROM referral_use_code('CODE2', id('new2'));
SELECT * FROM referral_use_code('CODE6', id('new3'));
SELECT * FROM referral_try_use_code('CODE16', id('user0'));
SELECT * FROM referral_try_use_code('CODE10', id('user0'));
SELECT * FROM referral_use_codes('CODE1', ARRAY[id('new4'), id('user10000'), id('user0')]);
SELECT * FROM referral_use_codes('CODE6', ARRAY[id('new4'), id('user10000'), id('user0')]);
SELECT referral_undo_use(id('usage10000'));
SELECT referral_undo_use(id('usage20010'));

SELECT hold_uuid FROM referral_hold_use('CODE1', id('new5')) \gset
SELECT * FROM referral_hold_use('CODE1', id('new5'));
SELECT * FROM referral_confirm_hold(:hold_uuid);

SELECT hold_uuid FROM referral_try_hold_use('CODE10', id('new6')) \gset
SELECT referral_release_hold(:hold_uuid);

SELECT referral_stripe_code(id('code1'), 4);
SELECT * FROM referral_use_code('CODE1', id('new7'));
SELECT referral_code_uses(id('code1'));
SELECT referral_stripe_code(id('code1'), 8);
SELECT referral_unstripe_code(id('code1'));

SELECT referral_stripe_code(id('code10'), 4);
SELECT * FROM referral_use_code('CODE10', id('new8'));
SELECT * FROM referral_list_programs();
SELECT referral_unstripe_code(id('code10'));

SELECT * FROM referral_create_code(id('owner7'));
SELECT * FROM referral_create_code(id('stranger'), 'MINE');
SELECT * FROM referral_create_codes(3, id('stranger'));
SELECT * FROM referral_import_codes(ARRAY['PRINTED', 'CODE9'], id('stranger'), program => 'program7');
SELECT * FROM referral_code_for(id('stranger'), 'program7');
SELECT * FROM referral_code_for(id('stranger'));
SELECT * FROM referral_code_for(id('owner7'), 'spring');

SELECT * FROM referral_update_code(id('code1'), '{"code": "Hello", "description": "y"}');
SELECT * FROM referral_update_code(id('code7'), jsonb_build_object('created_by_uuid', id('owner9')));
SELECT * FROM referral_update_code(id('code7'), jsonb_build_object('beneficiary_uuid', id('owner9')));
SELECT referral_set_code_metadata(id('code1'), '{"tag": 2}');
SELECT referral_set_code_metadata(id('code1'), NULL);
SELECT referral_deactivate_code('code2');
SELECT referral_assign_program(id('code7'), 'program2');
SELECT referral_assign_program(id('code15000'), 'program2');

SELECT referral_delete_code(id('code15000'));

SELECT * FROM referral_check_signup('CODE1', 'client1');
SELECT * FROM referral_check_signup('CODE1', 'client0');

SELECT * FROM referral_record_purchase(id('user0'), 'n1', 40);
SELECT * FROM referral_record_purchase(id('user7'), 'n2', 40);
SELECT * FROM referral_record_purchase(id('user12000'), 'n3', 40);
SELECT * FROM referral_record_purchase(id('user12000'), 'n3', 40);
SELECT * FROM referral_record_purchase(id('user12000'), 'n4', 40);
SELECT * FROM referral_record_purchase(id('nobody'), 'n5', 40);
SELECT * FROM referral_attribute_sale('CODE2', id('new9'), 'n6');
SELECT * FROM referral_attribute_sale('CODE2', id('new9'), 'n6', amount => 40);
SELECT * FROM referral_attribute_sale('CODE30', id('new9'), 'n7', amount => 40);
SELECT * FROM referral_attribute_sale('CODE30', id('new9'), 'n8', amount => 40);
SELECT * FROM referral_attribute_sale('CODE2', id('nobody'), 'n10', amount => 40);
SELECT * FROM referral_record_refund('n6', 'r1', 10);
SELECT * FROM referral_record_refund('o7', 'r2');
SELECT * FROM referral_record_refund('n9', 'r3', 10);
SELECT * FROM referral_record_purchase(id('user12001'), 'n9', 40);
SELECT referral_prune_purchases('10 years');

SELECT * FROM referral_approve(id('conversion101'), id('judge1'));
SELECT * FROM referral_reject(id('conversion301'), id('judge1'));
SELECT * FROM referral_reverse(id('conversion7'), 'x');
SELECT * FROM referral_reverse(id('conversion8'), 'x', 1, 'ref');
SELECT * FROM referral_require_approvals(id('conversion501'), jsonb_build_array(jsonb_build_object('id', 'x', 'approvers', jsonb_build_array(id('judge1')))));
SELECT * FROM referral_decide(id('conversion501'), id('judge1'), true, 'x');

SELECT * FROM referral_create_payout(id('owner7'), 'q1', 'USD', 1);
SELECT * FROM referral_create_payout(id('owner7'), 'q1', 'USD', 1);
SELECT * FROM referral_settle_payout('q1', true);

SELECT * FROM referral_create_payouts('USD', 'b1', max_rows => 5);
SELECT * FROM referral_create_payouts('USD', 'b1', max_rows => 5);

SELECT * FROM referral_set_terms(id('owner7'), 'program6', '{"referrer_reward": 4}');
SELECT * FROM referral_clear_terms(id('owner7'), 'program6');
SELECT * FROM referral_create_program('new');
SELECT * FROM referral_update_program('new', '{"name": "x"}');
SELECT * FROM referral_update_program('program7', '{"max_uses_total": 100000}');
SELECT * FROM referral_update_program('default', '{"max_uses_total": 100000}');
SELECT * FROM referral_update_program('program7', '{"reward_budget": 100000}');

SELECT count(*), array_agg(id) AS ids FROM referral_poll_events('mails', 10) \gset
SELECT referral_ack_events('mails', :ids);
SELECT * FROM referral_poll_events('third', 10);

SELECT referral_prune_events('10 days');
SELECT referral_drop_consumer('books');

SELECT referral_forget_user(id('user0'));

SELECT referral_forget_user(id('judge201'));

SELECT referral_forget_user(id('owner7'));

SELECT referral_enable_system(), referral_set_required(false), referral_set_max_uses_per_code(1000000);
