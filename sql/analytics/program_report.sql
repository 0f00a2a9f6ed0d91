-- $1 the program; $2: it takes codes with a beneficiary that are assigned to none; $3 its currency; $4 the
-- statuses of a conversion that stands, $5 the reasons of one that is rewarded, at once or after a review. Nobody converts who has not signed up, and nobody's first purchase took
-- them less than no time: sales that carry a code ask for no redemption.
  WITH signups AS (
       SELECT u.used_by_uuid AS user_uuid,
              pg_catalog.count(*) AS uses,
              pg_catalog.min(u.date_used) AS first_at
         FROM host.phoenix_kit_referral_code_usage AS u
         JOIN host.phoenix_kit_referral_codes AS c
           ON c.uuid OPERATOR(pg_catalog.=) u.code_uuid
         LEFT JOIN host.referral_code_programs AS p
           ON p.code_uuid OPERATOR(pg_catalog.=) c.uuid
        WHERE p.program OPERATOR(pg_catalog.=) $1
           OR ($2
               AND p.program IS NULL
               AND c.beneficiary_uuid IS NOT NULL)
        GROUP BY u.used_by_uuid),
       converted AS (
       SELECT v.uuid,
              v.referee_uuid,
              v.converted_at,
              v.status OPERATOR(pg_catalog.=) ANY ($4) AS stands
         FROM host.referral_conversions AS v
        WHERE v.program OPERATOR(pg_catalog.=) $1
          AND v.reason OPERATOR(pg_catalog.=) ANY ($5)),
       buyers AS (
       SELECT v.referee_uuid AS user_uuid,
              pg_catalog.count(*) AS conversions,
              pg_catalog.min(v.converted_at) AS first_at
         FROM converted AS v
        WHERE v.stands
        GROUP BY v.referee_uuid),
       totals AS (
       SELECT coalesce(pg_catalog.sum(s.uses), 0::pg_catalog.numeric)::pg_catalog.int8 AS signups,
              coalesce(pg_catalog.sum(b.conversions), 0::pg_catalog.numeric)::pg_catalog.int8 AS conversions,
              pg_catalog.count(s.user_uuid)::pg_catalog.numeric AS users,
              pg_catalog.count(b.user_uuid) FILTER (WHERE s.user_uuid IS NOT NULL) AS converted,
              pg_catalog.avg(b.first_at OPERATOR(pg_catalog.-) s.first_at)
                  FILTER (WHERE b.first_at OPERATOR(pg_catalog.>=) s.first_at
                            AND pg_catalog.isfinite(s.first_at)) AS time_to_purchase
         FROM signups AS s
         FULL JOIN buyers AS b
           ON b.user_uuid OPERATOR(pg_catalog.=) s.user_uuid)
SELECT t.signups,
       t.conversions,
       CASE WHEN t.users OPERATOR(pg_catalog.=) 0::pg_catalog.numeric
            THEN 0.0000::pg_catalog.numeric
            ELSE pg_catalog.round(t.converted::pg_catalog.numeric OPERATOR(pg_catalog./) t.users, 4)
            END,
       (SELECT coalesce(pg_catalog.sum(r.amount), 0::pg_catalog.numeric)
          FROM converted AS v
          JOIN host.referral_rewards AS r
            ON r.conversion_uuid OPERATOR(pg_catalog.=) v.uuid
         WHERE r.program OPERATOR(pg_catalog.=) $1
           AND r.currency OPERATOR(pg_catalog.=) $3),
       t.time_to_purchase
  FROM totals AS t
