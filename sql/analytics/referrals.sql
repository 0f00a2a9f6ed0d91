-- Everybody who has redeemed a code of the program whose beneficiary is the user, newest first: the status and
-- time of their latest conversion, and what the user has earned by them in the currency $4. A code that is
-- assigned to no program belongs to the default program ($3).
  WITH referred AS (
       SELECT u.used_by_uuid AS user_uuid,
              pg_catalog.min(u.date_used) AS referred_at
         FROM host.phoenix_kit_referral_codes AS c
         LEFT JOIN host.referral_code_programs AS p
           ON p.code_uuid OPERATOR(pg_catalog.=) c.uuid
         JOIN host.phoenix_kit_referral_code_usage AS u
           ON u.code_uuid OPERATOR(pg_catalog.=) c.uuid
        WHERE c.beneficiary_uuid OPERATOR(pg_catalog.=) $1
          AND coalesce(p.program, $3) OPERATOR(pg_catalog.=) $2
        GROUP BY u.used_by_uuid),
       latest AS (
       SELECT DISTINCT ON (v.referee_uuid)
              v.referee_uuid AS user_uuid,
              v.status,
              v.converted_at
         FROM host.referral_conversions AS v
        WHERE v.referrer_uuid OPERATOR(pg_catalog.=) $1
          AND v.program OPERATOR(pg_catalog.=) $2
        ORDER BY v.referee_uuid,
                 v.converted_at DESC,
                 v.uuid DESC),
       earned AS (
       SELECT v.referee_uuid AS user_uuid,
              pg_catalog.sum(r.amount) AS amount
         FROM host.referral_rewards AS r
         JOIN host.referral_conversions AS v
           ON v.uuid OPERATOR(pg_catalog.=) r.conversion_uuid
        WHERE r.user_uuid OPERATOR(pg_catalog.=) $1
          AND r.currency OPERATOR(pg_catalog.=) $4
          AND r.program OPERATOR(pg_catalog.=) $2
          AND r.side OPERATOR(pg_catalog.=) 'referrer'
        GROUP BY v.referee_uuid)
SELECT coalesce(
           pg_catalog.jsonb_agg(
               pg_catalog.jsonb_build_object(
                   'user_uuid', f.user_uuid,
                   'status', coalesce(l.status, 'pending'),
                   'bonus_earned', coalesce(e.amount, 0.0000::pg_catalog.numeric),
                   'completed_at', l.converted_at)
               ORDER BY f.referred_at DESC,
                        f.user_uuid DESC),
           '[]'::pg_catalog.jsonb)
  FROM referred AS f
  LEFT JOIN latest AS l
    ON l.user_uuid OPERATOR(pg_catalog.=) f.user_uuid
  LEFT JOIN earned AS e
    ON e.user_uuid OPERATOR(pg_catalog.=) f.user_uuid
