-- Rows in every table, made by a release's own functions: what a database holds that is upgraded later.
\set ON_ERROR_STOP on
\set QUIET on
\o /dev/null
\set ann '''00000000-0000-7000-8000-00000000000a'''
\set ben '''00000000-0000-7000-8000-00000000000b'''
\set buyer1 '''00000000-0000-7000-8000-000000000001'''
\set buyer2 '''00000000-0000-7000-8000-000000000002'''
\set buyer3 '''00000000-0000-7000-8000-000000000003'''
\set buyer4 '''00000000-0000-7000-8000-000000000004'''
\set buyer5 '''00000000-0000-7000-8000-000000000005'''
\set boss '''00000000-0000-7000-8000-0000000000ff'''

CREATE EXTENSION referrals;
SELECT * FROM referral_setup();
INSERT INTO phoenix_kit_settings (key, value, module) VALUES ('referral_events_enabled', 'true', 'referral_codes');
SELECT referral_set_max_codes_per_user(20);

-- Somebody polls from the beginning, acknowledges some and leases the rest.
SELECT * FROM referral_poll_events('mailer');
SELECT * FROM referral_poll_events('ledger');

-- Plain codes: used, used up, switched off, expiring.
SELECT * FROM referral_create_code(:ann, 'WELCOME', max_uses => 10);
SELECT * FROM referral_create_code(:ann, 'ONCE', max_uses => 1);
SELECT * FROM referral_create_code(:ben, 'OFF', expiration_date => '2100-01-01');
SELECT * FROM referral_use_code('WELCOME', :buyer1);
SELECT * FROM referral_use_code('WELCOME', :buyer2);
SELECT * FROM referral_use_code('ONCE', :buyer1);
SELECT referral_deactivate_code('OFF');
SELECT * FROM referral_check_signup('WELCOME', 'client');

-- Programs: the default one, one with a cap, one that reviews, one that has ended.
SELECT * FROM referral_create_program('capped', '{"max_uses_total": 3, "first_purchase_only": false, "codes_expire_after": "10 years"}');
SELECT * FROM referral_create_program('reviewed', '{"requires_approval": true, "attribution_window": "30 days", "hold_period": "1 day", "metadata": {"campaign": "spring"}}');
SELECT * FROM referral_create_program('over', '{"status": "ended"}');
SELECT code AS own FROM referral_code_for(:ann) \gset
SELECT code AS capped FROM referral_code_for(:ann, 'capped') \gset
SELECT code AS reviewed FROM referral_code_for(:ben, 'reviewed') \gset
SELECT code AS affiliate FROM referral_code_for(:ben, 'capped', 'affiliate') \gset
SELECT * FROM referral_use_code(:'own', :buyer1);
SELECT * FROM referral_use_code(:'capped', :buyer2);
SELECT * FROM referral_use_code(:'affiliate', :buyer3);
SELECT * FROM referral_use_code(:'reviewed', :buyer4);
SELECT * FROM referral_use_code(:'reviewed', :buyer5);

-- Conversions in every status, with rewards, a part of one reversed and the whole of another.
SELECT * FROM referral_record_purchase(:buyer1, 'order-1', 100);
SELECT conversion_uuid AS second FROM referral_record_purchase(:buyer2, 'order-2', 50.25) \gset
SELECT conversion_uuid AS third FROM referral_record_purchase(:buyer3, 'order-3', 20) \gset
SELECT conversion_uuid AS fourth FROM referral_record_purchase(:buyer4, 'order-4', 75) \gset
SELECT conversion_uuid AS fifth FROM referral_record_purchase(:buyer5, 'order-5', 80) \gset
SELECT uuid AS sixth FROM referral_attribute_sale(:'capped', :buyer5, 'order-6', amount => 30) \gset
SELECT uuid AS seventh FROM referral_attribute_sale(:'reviewed', :buyer1, 'order-7', amount => 30) \gset
SELECT uuid AS eighth FROM referral_attribute_sale(:'reviewed', :buyer2, 'order-8') \gset
SELECT * FROM referral_reverse(:'second', 'returned in part', 5);
SELECT * FROM referral_reverse(:'third', 'returned');
SELECT * FROM referral_approve(:'fourth', :boss, 'looks good');
SELECT * FROM referral_reject(:'fifth', :boss, 'looks bad');
SELECT * FROM referral_require_approvals(:'seventh', '[{"id": "sales", "approvers": ["00000000-0000-7000-8000-0000000000ff"], "quorum": 1}, {"id": "finance", "approvers": ["00000000-0000-7000-8000-0000000000fe"], "quorum": 1}]');
SELECT * FROM referral_decide(:'seventh', :boss, true, 'fine');
SELECT referral_ack_events('ledger', array_agg(id)) FROM referral_poll_events('ledger', 10);
SELECT * FROM referral_poll_events('mailer', 5);
