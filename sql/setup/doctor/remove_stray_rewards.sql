BEGIN;
SET LOCAL session_replication_role = replica;
DELETE FROM host.referral_rewards AS r
 WHERE NOT EXISTS (
       SELECT 1
         FROM host.referral_conversions AS v
        WHERE v.uuid = r.conversion_uuid)
    OR (r.reverses_uuid IS NOT NULL
        AND NOT EXISTS (
            SELECT 1
              FROM host.referral_rewards AS g
             WHERE g.uuid = r.reverses_uuid
               AND g.reverses_uuid IS NULL
               AND g.conversion_uuid = r.conversion_uuid
               AND g.side = r.side
               AND g.user_uuid = r.user_uuid
               AND g.currency = r.currency
               AND g.available_at = r.available_at));
COMMIT
