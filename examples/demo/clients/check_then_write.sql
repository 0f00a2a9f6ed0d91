BEGIN;
SELECT uuid, number_of_uses < max_uses AS is_free
FROM phoenix_kit_referral_codes
WHERE code = 'RACE' \gset
\if :is_free
    INSERT INTO phoenix_kit_referral_code_usage (code_uuid, used_by_uuid)
    VALUES (':uuid', gen_random_uuid());
    UPDATE phoenix_kit_referral_codes
    SET number_of_uses = number_of_uses + 1
    WHERE uuid = ':uuid';
\endif
COMMIT;
