BEGIN;
LOCK TABLE host.referral_stripes, host.phoenix_kit_referral_codes, host.phoenix_kit_referral_code_usage IN SHARE ROW EXCLUSIVE MODE;
SET LOCAL session_replication_role = replica;
UPDATE host.phoenix_kit_referral_codes AS c
   SET number_of_uses = counted.uses
  FROM (SELECT k.uuid,
               count(u.uuid)
               + (SELECT coalesce(sum(s.uses_left), 0)
                    FROM host.referral_stripes AS s
                   WHERE s.code_uuid = k.uuid)
               + (SELECT count(*)
                    FROM host.referral_holds AS h
                   WHERE h.code_uuid = k.uuid
                     AND h.is_counted) AS uses
          FROM host.phoenix_kit_referral_codes AS k
               LEFT JOIN host.phoenix_kit_referral_code_usage AS u ON u.code_uuid = k.uuid
         GROUP BY k.uuid) AS counted
 WHERE counted.uuid = c.uuid
   AND c.number_of_uses <> counted.uses;
COMMIT
