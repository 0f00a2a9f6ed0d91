BEGIN;
LOCK TABLE host.phoenix_kit_referral_codes, host.phoenix_kit_referral_code_usage IN SHARE ROW EXCLUSIVE MODE;
SET LOCAL session_replication_role = replica;
UPDATE host.phoenix_kit_referral_codes AS c
   SET number_of_uses = counted.uses
  FROM (SELECT k.uuid,
               count(u.uuid) AS uses
          FROM host.phoenix_kit_referral_codes AS k
               LEFT JOIN host.phoenix_kit_referral_code_usage AS u ON u.code_uuid = k.uuid
         GROUP BY k.uuid) AS counted
 WHERE counted.uuid = c.uuid
   AND c.number_of_uses <> counted.uses;
COMMIT
