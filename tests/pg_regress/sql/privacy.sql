-- A person is forgotten: no table holds the id, and counts, uniqueness, caps and sums are as before.
CREATE EXTENSION referrals;
SELECT pg_catalog.count(*) FROM referral_setup();
SELECT pg_catalog.set_config('a.bob', '00000000-0000-0000-0000-00000000000b', false) AS bob \gset
INSERT INTO phoenix_kit_settings (key, value, module) VALUES ('referral_events_enabled', 'true', 'referral_codes');

-- Bob is everything that a person can be: creator, owner, beneficiary, user, referrer, referee, approver.
SELECT code AS alices FROM referral_code_for('00000000-0000-0000-0000-00000000000a') \gset
SELECT code AS bobs FROM referral_code_for(:'bob') \gset
SELECT code FROM referral_create_code(:'bob', 'BOBS-OWN');
SELECT remaining_uses FROM referral_use_code(:'alices', :'bob');
SELECT remaining_uses FROM referral_use_code(:'bobs', '00000000-0000-0000-0000-00000000000c');
SELECT reason FROM referral_record_purchase(:'bob', 'bought by Bob', 10);
SELECT reason FROM referral_record_purchase('00000000-0000-0000-0000-00000000000c', 'bought by Carol', 10);
SELECT key FROM referral_create_program('reviewed', '{"requires_approval": true}');
SELECT code AS daves FROM referral_code_for('00000000-0000-0000-0000-00000000000d', 'reviewed') \gset
SELECT uuid AS sale FROM referral_attribute_sale(:'daves', '00000000-0000-0000-0000-00000000000e', 'sold by Dave', amount => 10) \gset
SELECT status FROM referral_require_approvals(:'sale', '[{"id": "one", "approvers": ["00000000-0000-0000-0000-00000000000b"], "quorum": 1}]');
SELECT status, rewarded FROM referral_decide(:'sale', :'bob', true, NULL);
SELECT ok FROM referral_check_signup(:'alices', :'bob');
SELECT amount, status FROM referral_create_payout(:'bob', 'paid to Bob', 'USD', 1);
SELECT pg_catalog.count(*) FROM referral_create_payouts('USD', 'batch', 5, 1000);
SELECT type FROM referral_poll_events('mail') ORDER BY id;

CREATE FUNCTION holders(person uuid)
RETURNS TABLE (name text, mentions bigint)
LANGUAGE plpgsql AS $$
BEGIN
    FOR name IN
        SELECT relname FROM pg_catalog.pg_class
         WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY relname
    LOOP
        EXECUTE format('SELECT count(*) FROM %I AS t WHERE t::text LIKE %L', name, '%' || person || '%') INTO mentions;
        IF mentions > 0 THEN
            RETURN NEXT;
        END IF;
    END LOOP;
END
$$;
CREATE VIEW books AS
SELECT (SELECT pg_catalog.count(*) FROM phoenix_kit_referral_codes) AS codes,
       (SELECT pg_catalog.sum(number_of_uses) FROM phoenix_kit_referral_codes) AS uses,
       (SELECT pg_catalog.count(DISTINCT used_by_uuid) FROM phoenix_kit_referral_code_usage) AS users,
       (SELECT pg_catalog.count(DISTINCT referrer_uuid) FROM referral_conversions) AS referrers,
       (SELECT pg_catalog.count(DISTINCT user_uuid) FROM referral_rewards) AS rewarded,
       (SELECT pg_catalog.sum(amount) FROM referral_rewards) AS rewards,
       (SELECT pg_catalog.sum(amount) FROM referral_payouts) AS payouts,
       (SELECT pg_catalog.count(*) FROM referral_events) AS events;
SELECT * FROM holders(:'bob');
SELECT * FROM books;
SELECT * FROM referral_balance(:'bob');

SELECT referral_forget_user(:'bob') AS nobody \gset
SELECT * FROM holders(:'bob');
SELECT * FROM holders(:'nobody');
SELECT * FROM books;
SELECT * FROM referral_balance(:'nobody');
SELECT pg_catalog.replace(payout_ref, :'nobody', 'nobody') AS payout_ref, amount, status FROM referral_list_payouts(pg_catalog.jsonb_build_object('user_uuid', :'nobody'));
SELECT status, repeated FROM referral_settle_payout('paid to Bob', true);
SELECT status, repeated FROM referral_settle_payout('batch:' || :'nobody', true);
-- A random id, made of nothing that was there.
SELECT pg_catalog.substr(:'nobody', 15, 1) AS version;

-- What the pseudonym has is kept from it as it was from Bob.
SELECT (c.caught).code FROM (SELECT caught(format('SELECT referral_use_code(%L, %L)', :'alices', :'nobody'))) AS c;
SELECT (c.caught).code FROM (SELECT caught(format('SELECT referral_use_code(%L, %L)', :'bobs', :'nobody'))) AS c;
SELECT referral_count_user_codes(:'nobody');
SELECT code = :'bobs' AS same_code FROM referral_code_for(:'nobody');
SELECT reason FROM referral_record_purchase(:'nobody', 'bought by Bob', 10);
SELECT * FROM referral_doctor() WHERE severity <> 'info';

-- Again: nothing is there to be forgotten.
SELECT referral_forget_user(:'bob');
SELECT * FROM caught('SELECT referral_forget_user(NULL)') \gx
-- By whoever may not change everything: nothing is changed.
CREATE ROLE clerk;
GRANT SELECT, UPDATE ON phoenix_kit_referral_codes, phoenix_kit_referral_code_usage TO clerk;
SET ROLE clerk;
SELECT (c.caught).code FROM (SELECT caught(format('SELECT referral_forget_user(%L)', :'nobody'))) AS c;
RESET ROLE;
SELECT pg_catalog.count(*) FROM holders(:'nobody');
