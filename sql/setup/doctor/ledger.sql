-- Sides of conversions that stand and were granted otherwise than the conversions promise: how many, and a few of them.
-- Of one that is over all must be taken back, whatever it was.
  WITH sides AS (
       SELECT v.uuid,
              v.program,
              v.source_type,
              v.source_ref,
              v.converted_at,
              v.reward_currency,
              side.name AS side,
              side.user_uuid,
              CASE WHEN v.granted_at IS NULL THEN 0::pg_catalog.numeric ELSE side.reward END AS promised
         FROM host.referral_conversions AS v
              CROSS JOIN LATERAL (
                  VALUES ('referrer', v.referrer_uuid, v.referrer_reward),
                         ('referee', v.referee_uuid, v.referee_reward)) AS side (name, user_uuid, reward)
        WHERE v.status OPERATOR(pg_catalog.=) ANY (ARRAY['converted', 'approved'])),
       booked AS (
       SELECT s.uuid,
              s.source_type,
              s.source_ref,
              s.converted_at,
              s.side,
              s.promised,
              coalesce(pg_catalog.sum(r.amount), 0::pg_catalog.numeric) AS granted,
              coalesce(
                  pg_catalog.bool_or(
                      r.user_uuid OPERATOR(pg_catalog.<>) s.user_uuid
                      OR r.currency OPERATOR(pg_catalog.<>) s.reward_currency
                      OR r.program OPERATOR(pg_catalog.<>) s.program),
                  false) AS is_of_others
         FROM sides AS s
              LEFT JOIN host.referral_rewards AS r
                     ON r.conversion_uuid OPERATOR(pg_catalog.=) s.uuid
                    AND r.side OPERATOR(pg_catalog.=) s.side
                    AND r.reverses_uuid IS NULL
        GROUP BY s.uuid,
                 s.source_type,
                 s.source_ref,
                 s.converted_at,
                 s.side,
                 s.promised),
       unexplained AS (
       SELECT b.side,
              b.source_type,
              b.source_ref,
              b.promised,
              b.granted,
              b.is_of_others,
              pg_catalog.row_number() OVER (ORDER BY b.converted_at, b.uuid, b.side DESC) AS place
         FROM booked AS b
        WHERE b.granted OPERATOR(pg_catalog.<>) b.promised
           OR b.is_of_others)
SELECT pg_catalog.count(*),
       pg_catalog.string_agg(
           pg_catalog.format(
               '%s of %s "%s": promised %s, granted %s%s',
               u.side,
               u.source_type,
               u.source_ref,
               pg_catalog.trim_scale(u.promised),
               pg_catalog.trim_scale(u.granted),
               CASE WHEN u.is_of_others THEN ', of another user, currency or program' END),
           '; ' ORDER BY u.place)
           FILTER (WHERE u.place OPERATOR(pg_catalog.<=) 3)
  FROM unexplained AS u
