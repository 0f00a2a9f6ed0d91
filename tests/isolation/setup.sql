-- What every spec finds in its database, which is made anew for each.
CREATE EXTENSION referrals;
SELECT * FROM referral_setup() \g /dev/null

CREATE FUNCTION person(number integer)
RETURNS uuid
LANGUAGE sql
IMMUTABLE
RETURN lpad(number::text, 32, '0')::uuid;

-- A code as a host may have stored it, whatever the rules of today: no trigger fires.
CREATE PROCEDURE new_code(code text, max_uses integer, expires timestamptz DEFAULT NULL, creator integer DEFAULT 100)
LANGUAGE sql
SET session_replication_role = replica
AS $$
    INSERT INTO phoenix_kit_referral_codes (code, description, max_uses, created_by_uuid, expiration_date)
    VALUES (code, 'raced for', max_uses, person(creator), expires);
$$;

-- The invariant of redemption: the counter tells the usages, within the cap, one for each user.
CREATE VIEW books AS
SELECT
    code,
    number_of_uses,
    counted AS usages,
    max_uses,
    number_of_uses = counted AND counted = users AND counted <= max_uses AS kept
FROM phoenix_kit_referral_codes AS c
CROSS JOIN LATERAL (
    SELECT count(*) AS counted, count(DISTINCT used_by_uuid) AS users
    FROM phoenix_kit_referral_code_usage
    WHERE code_uuid = c.uuid
) AS usages
ORDER BY code;
