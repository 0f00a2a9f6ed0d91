-- What tells what: each type of event, by function and by hand; and what tells nothing.
CREATE EXTENSION referrals;
SELECT pg_catalog.count(*) FROM referral_setup();
INSERT INTO phoenix_kit_settings (key, value, module) VALUES ('referral_events_enabled', 'true', 'referral_codes');
CREATE FUNCTION told(OUT type text, OUT payload text) RETURNS SETOF record LANGUAGE plpgsql AS $$
DECLARE e record;
BEGIN
    FOR e IN SELECT * FROM referral_poll_events('test') ORDER BY id LOOP
        PERFORM referral_ack_events('test', ARRAY[e.id]);
        type = e.type;
        -- Ids made at random are not compared.
        payload = regexp_replace(e.payload::text, '"[0-9a-f]{8}-[0-9a-f]{4}-[1-9][0-9a-f-]{21}"', '"…"', 'g');
        payload = regexp_replace(payload, '"code": "[A-Z0-9]{8}"', '"code": "…"');
        RETURN NEXT;
    END LOOP;
END
$$;
SELECT * FROM told();

-- Codes and their use, by function.
SELECT code FROM referral_create_code('00000000-0000-0000-0000-00000000000a', 'ONE', beneficiary_uuid => '00000000-0000-0000-0000-00000000000a');
SELECT pg_catalog.count(*) FROM referral_create_codes(2, '00000000-0000-0000-0000-00000000000b');
SELECT ok FROM referral_try_use_code('ONE', '00000000-0000-0000-0000-00000000000c');
SELECT ok FROM referral_try_use_code('ONE', '00000000-0000-0000-0000-00000000000c');
SELECT referral_deactivate_code('ONE'), referral_deactivate_code('ONE');
SELECT type, payload FROM told() WHERE payload !~ '0000000b"';
-- Changed, given back, deleted: what differs, and only where something does.
SELECT status FROM referral_update_code((SELECT uuid FROM referral_get_code_by_string('ONE')), '{"status": true}');
SELECT code FROM referral_update_code((SELECT uuid FROM referral_get_code_by_string('ONE')), '{"code": "uno", "max_uses": 7, "expiration_date": "2100-01-01T00:00:00Z", "beneficiary_uuid": null}');
SELECT code FROM referral_update_code((SELECT uuid FROM referral_get_code_by_string('UNO')), '{"description": "once more", "status": false, "created_by_uuid": "00000000-0000-0000-0000-0000000000ee", "max_uses": 7}');
SELECT code FROM referral_update_code((SELECT uuid FROM referral_get_code_by_string('UNO')), '{"status": false, "max_uses": 7}');
SELECT code FROM referral_update_code((SELECT uuid FROM referral_get_code_by_string('UNO')), '{}');
SELECT referral_undo_use(uuid), referral_undo_use(uuid) FROM referral_list_usage_for_user('00000000-0000-0000-0000-00000000000c');
SELECT referral_delete_code(uuid), referral_delete_code(uuid) FROM referral_get_code_by_string('UNO');
SELECT * FROM told();
-- By hand: both ways of redeeming, and what the guards refuse.
INSERT INTO phoenix_kit_referral_codes (code, description, max_uses, created_by_uuid) VALUES ('HAND', 'by hand', 2, '00000000-0000-0000-0000-00000000000a');
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid)
SELECT uuid, '00000000-0000-0000-0000-00000000000d' FROM phoenix_kit_referral_codes WHERE code = 'HAND';
BEGIN;
UPDATE phoenix_kit_referral_codes SET number_of_uses = number_of_uses + 1 WHERE code = 'HAND';
INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid)
SELECT uuid, '00000000-0000-0000-0000-00000000000e' FROM phoenix_kit_referral_codes WHERE code = 'HAND';
COMMIT;
SELECT code FROM caught($$INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid)
    SELECT uuid, '00000000-0000-0000-0000-00000000000f' FROM phoenix_kit_referral_codes WHERE code = 'HAND'$$);
UPDATE phoenix_kit_referral_codes SET status = false WHERE code = 'HAND';
UPDATE phoenix_kit_referral_codes SET status = false WHERE code = 'HAND';
UPDATE phoenix_kit_referral_codes SET status = true WHERE code = 'HAND';
UPDATE phoenix_kit_referral_codes SET code = ' hands ', max_uses = 3, description = 'by hands', expiration_date = '2100-01-01T00:00:00Z' WHERE code = 'HAND';
UPDATE phoenix_kit_referral_codes SET code = 'hand', max_uses = 2 WHERE code = 'HANDS';
UPDATE phoenix_kit_referral_codes SET max_uses = 2, description = 'by hands' WHERE code = 'HAND';
DELETE FROM phoenix_kit_referral_code_usage WHERE used_by_uuid = '00000000-0000-0000-0000-00000000000d';
SELECT * FROM told();

-- A conversion, its rewards and what becomes of them.
SELECT ok FROM referral_code_for('00000000-0000-0000-0000-0000000000a1') AS c, referral_try_use_code(c.code, '00000000-0000-0000-0000-0000000000b1');
SELECT reason FROM referral_record_purchase('00000000-0000-0000-0000-0000000000b1', 'small', 5);
SELECT reason FROM referral_record_purchase('00000000-0000-0000-0000-0000000000b1', 'order', 10);
SELECT reason FROM referral_record_purchase('00000000-0000-0000-0000-0000000000b1', 'order', 10);
SELECT r.status FROM referral_recent_conversions(1) AS c, referral_reverse(c.uuid, 'in part', 4) AS r;
SELECT r.status FROM referral_recent_conversions(1) AS c, referral_approve(c.uuid, '00000000-0000-0000-0000-0000000000f1', 'fine') AS r;
SELECT r.status FROM referral_recent_conversions(1) AS c, referral_reverse(c.uuid, 'all') AS r;
SELECT key FROM referral_create_program('reviewed', '{"requires_approval": true}');
SELECT s.status FROM referral_code_for('00000000-0000-0000-0000-0000000000a1', 'reviewed') AS c,
                     referral_attribute_sale(c.code, '00000000-0000-0000-0000-0000000000b2', 'sale', amount => 10, currency => 'usd') AS s;
SELECT r.status FROM referral_recent_conversions(1) AS c, referral_reject(c.uuid, '00000000-0000-0000-0000-0000000000f1', 'no') AS r;
SELECT * FROM told();

-- What is approved says what has become of it.
SELECT s.reason FROM referral_code_for('00000000-0000-0000-0000-0000000000a1', 'reviewed') AS c,
                     referral_attribute_sale(c.code, '00000000-0000-0000-0000-0000000000b4', 'sale 2', amount => 10) AS s;
SELECT r.reason FROM referral_conversion_of('sale 2') AS c, referral_approve(c.uuid, '00000000-0000-0000-0000-0000000000f1') AS r;
SELECT type, payload::jsonb ->> 'reason' AS reason FROM told();

-- Off again: nothing is told.
UPDATE phoenix_kit_settings SET value = 'false' WHERE key = 'referral_events_enabled';
SELECT ok FROM referral_code_for('00000000-0000-0000-0000-0000000000a2') AS c, referral_try_use_code(c.code, '00000000-0000-0000-0000-0000000000b3');
SELECT reason FROM referral_record_purchase('00000000-0000-0000-0000-0000000000b3', 'order 2', 10);
UPDATE phoenix_kit_referral_codes SET status = false WHERE code = 'HAND';
SELECT * FROM told();
SELECT pg_catalog.count(*) FROM referral_event_deliveries;
