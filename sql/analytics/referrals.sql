-- Everybody who has redeemed a code of the program whose beneficiary is the user, newest first, at most $5: the status and
-- time of their best conversion of those that the program rewards (reasons $6), and what the user has earned by them in
-- the currency $4. A code that is assigned to no program belongs to the default program ($3). Granted stands before what
-- waits, and what stands before what does not (statuses $7).
  WITH referred AS (
       SELECT u.used_by_uuid AS user_uuid,
              pg_catalog.min(u.date_used) AS referred_at
         FROM host.phoenix_kit_referral_codes AS c
         LEFT JOIN LATERAL (
              SELECT a.program
                FROM host.referral_code_programs AS a
               WHERE a.code_uuid OPERATOR(pg_catalog.=) c.uuid
              OFFSET 0) AS p
           ON true
        CROSS JOIN LATERAL (
              SELECT r.used_by_uuid,
                     r.date_used
                FROM host.phoenix_kit_referral_code_usage AS r
               WHERE r.code_uuid OPERATOR(pg_catalog.=) c.uuid
              OFFSET 0) AS u
        WHERE c.beneficiary_uuid OPERATOR(pg_catalog.=) $1
          AND coalesce(p.program, $3) OPERATOR(pg_catalog.=) $2
        GROUP BY u.used_by_uuid
        ORDER BY referred_at DESC,
                 user_uuid DESC
        LIMIT $5)
SELECT coalesce(
           pg_catalog.jsonb_agg(
               pg_catalog.jsonb_build_object(
                   'user_uuid', f.user_uuid,
                   'status', coalesce(b.status, 'pending'),
                   'bonus_earned', coalesce(e.amount, 0.0000::pg_catalog.numeric)::pg_catalog.text,
                   'completed_at', b.converted_at)
               ORDER BY f.referred_at DESC,
                        f.user_uuid DESC),
           '[]'::pg_catalog.jsonb)
  FROM referred AS f
  LEFT JOIN LATERAL (
       SELECT v.status,
              v.converted_at
         FROM host.referral_conversions AS v
        WHERE v.referee_uuid OPERATOR(pg_catalog.=) f.user_uuid
          AND v.referrer_uuid OPERATOR(pg_catalog.=) $1
          AND v.program OPERATOR(pg_catalog.=) $2
          AND v.reason OPERATOR(pg_catalog.=) ANY ($6)
        ORDER BY (v.status OPERATOR(pg_catalog.=) ANY ($7)) DESC,
                 v.granted_at IS NOT NULL DESC,
                 v.converted_at DESC,
                 v.uuid DESC
        LIMIT 1) AS b
    ON true
  LEFT JOIN LATERAL (
       SELECT pg_catalog.sum(r.amount) AS amount
         FROM host.referral_conversions AS v
         JOIN host.referral_rewards AS r
           ON r.conversion_uuid OPERATOR(pg_catalog.=) v.uuid
        WHERE v.referee_uuid OPERATOR(pg_catalog.=) f.user_uuid
          AND v.referrer_uuid OPERATOR(pg_catalog.=) $1
          AND v.program OPERATOR(pg_catalog.=) $2
          AND r.user_uuid OPERATOR(pg_catalog.=) $1
          AND r.side OPERATOR(pg_catalog.=) 'referrer'
          AND r.currency OPERATOR(pg_catalog.=) $4) AS e
    ON true
