-- Programs: each row of the README's table is enough, and not more than enough for the next.
CREATE EXTENSION referrals;
SELECT pg_catalog.count(*) FROM referral_setup();
CREATE ROLE promoter;
CREATE ROLE checkout;
CREATE ROLE webhook;
CREATE ROLE reporter;
CREATE ROLE marketing;
-- Gets people their codes.
GRANT SELECT, INSERT ON phoenix_kit_referral_codes TO promoter;
GRANT SELECT ON phoenix_kit_settings TO promoter;
GRANT SELECT, UPDATE (number_of_uses) ON referral_programs TO promoter;
GRANT SELECT, INSERT, UPDATE ON referral_code_programs TO promoter;
-- Redeems them.
GRANT SELECT, UPDATE (number_of_uses) ON phoenix_kit_referral_codes TO checkout;
GRANT SELECT, INSERT ON phoenix_kit_referral_code_usage TO checkout;
GRANT SELECT ON phoenix_kit_settings TO checkout;
GRANT SELECT, UPDATE (number_of_uses) ON referral_programs TO checkout;
GRANT SELECT ON referral_code_programs TO checkout;
GRANT SELECT, INSERT, UPDATE ON referral_referees TO checkout;
-- Records purchases, and reviews them.
GRANT SELECT ON phoenix_kit_referral_codes, phoenix_kit_referral_code_usage, phoenix_kit_settings TO webhook;
GRANT SELECT ON referral_programs, referral_code_programs TO webhook;
GRANT SELECT, INSERT, UPDATE ON referral_referees, referral_conversions, referral_purchases, referral_refunds TO webhook;
GRANT UPDATE (rewards_granted) ON referral_programs TO webhook;
GRANT SELECT ON referral_terms TO webhook;
GRANT SELECT, INSERT ON referral_rewards TO webhook;
GRANT INSERT ON referral_decisions TO webhook;
-- Reads.
GRANT SELECT ON phoenix_kit_referral_codes, phoenix_kit_referral_code_usage, phoenix_kit_settings,
                referral_programs, referral_code_programs, referral_conversions, referral_rewards, referral_payouts TO reporter;
-- Defines programs.
GRANT SELECT ON phoenix_kit_settings TO marketing;
GRANT SELECT, INSERT, UPDATE ON referral_programs TO marketing;

SET ROLE marketing;
SELECT key FROM referral_create_program('spring', '{"max_uses_total": 5}');
SELECT (c.caught).code FROM (SELECT caught('SELECT referral_code_for(''00000000-0000-0000-0000-0000000000f0'', ''spring'')')) AS c;
SET ROLE promoter;
SELECT code AS mine FROM referral_code_for('00000000-0000-0000-0000-0000000000f0', 'spring') \gset
SELECT (c.caught).code FROM (SELECT caught(format('SELECT referral_use_code(%L, ''00000000-0000-0000-0000-0000000000f1'')', :'mine'))) AS c;
SET ROLE checkout;
SELECT ok, reason FROM referral_try_use_code(:'mine', '00000000-0000-0000-0000-0000000000f1');
SELECT (c.caught).code FROM (SELECT caught('SELECT referral_record_purchase(''00000000-0000-0000-0000-0000000000f1'', ''order'', 10)')) AS c;
SET ROLE webhook;
SELECT reason FROM referral_record_purchase('00000000-0000-0000-0000-0000000000f1', 'order', 10);
SELECT r.status FROM referral_recent_conversions(1) AS c, referral_approve(c.uuid, '00000000-0000-0000-0000-0000000000f9') AS r;
SELECT r.status FROM referral_recent_conversions(1) AS c, referral_reverse(c.uuid, 'returned') AS r;
SELECT (c.caught).code FROM (SELECT caught('UPDATE referral_rewards SET amount = 1000')) AS c;
SELECT (c.caught).code FROM (SELECT caught('SELECT referral_update_program(''spring'', ''{"referrer_reward": 1000}'')')) AS c;
SET ROLE reporter;
SELECT earned, reversed FROM referral_balance('00000000-0000-0000-0000-0000000000f0');
SELECT pg_catalog.count(*) FROM referral_list_for_referrer('00000000-0000-0000-0000-0000000000f0');
SELECT (c.caught).code FROM (SELECT caught('SELECT referral_record_purchase(''00000000-0000-0000-0000-0000000000f1'', ''order 2'', 10)')) AS c;
SELECT (c.caught).code FROM (SELECT caught('SELECT referral_forget_user(''00000000-0000-0000-0000-0000000000f1'')')) AS c;
RESET ROLE;

-- Row-level security that hides a program lets nobody past its cap.
ALTER TABLE referral_programs ENABLE ROW LEVEL SECURITY;
SET ROLE checkout;
SELECT (c.caught).code, (c.caught).detail FROM (SELECT caught(format('SELECT referral_use_code(%L, ''00000000-0000-0000-0000-0000000000f2'')', :'mine'))) AS c;
SELECT (c.caught).code, (c.caught).detail FROM (SELECT caught(format('SELECT referral_try_use_code(%L, ''00000000-0000-0000-0000-0000000000f2'')', :'mine'))) AS c;
RESET ROLE;
CREATE POLICY all_programs ON referral_programs TO PUBLIC USING (true);
SET ROLE checkout;
SELECT ok, reason FROM referral_try_use_code(:'mine', '00000000-0000-0000-0000-0000000000f2');
RESET ROLE;
