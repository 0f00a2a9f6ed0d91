-- Rewarded conversions that stand and of which no purchase was told, that promise more than its verdict, or that a
-- review was due for and nobody has approved: how many, and a few of them. Where 0.1.0 has written a type in two ways,
-- the older conversion was taken over as what was told, and its approvals only where they were the last decision.
  WITH told AS (
       SELECT v.uuid,
              v.source_type,
              v.source_ref,
              v.converted_at,
              v.referrer_reward,
              v.referee_reward,
              v.hold_period,
              s.source_ref AS told_ref,
              coalesce(s.referrer_reward, 0::pg_catalog.numeric) AS told_referrer,
              coalesce(s.referee_reward, 0::pg_catalog.numeric) AS told_referee,
              s.reason
         FROM host.referral_conversions AS v
              LEFT JOIN host.referral_purchases AS s
                     ON s.conversion_uuid OPERATOR(pg_catalog.=) v.uuid
        WHERE v.granted_at IS NOT NULL
          AND v.status OPERATOR(pg_catalog.=) ANY (ARRAY['converted', 'approved'])),
       approved AS (
       SELECT d.conversion_uuid
         FROM host.referral_decisions AS d
        WHERE d.action OPERATOR(pg_catalog.=) 'approved'
        GROUP BY d.conversion_uuid),
       unexplained AS (
       SELECT t.source_type,
              t.source_ref,
              CASE
              WHEN t.told_ref IS NULL THEN 'was never told'
              WHEN t.referrer_reward OPERATOR(pg_catalog.>) t.told_referrer
                   OR t.referee_reward OPERATOR(pg_catalog.>) t.told_referee
              THEN pg_catalog.format(
                       'promises %s and %s, was told to earn %s and %s',
                       pg_catalog.trim_scale(t.referrer_reward),
                       pg_catalog.trim_scale(t.referee_reward),
                       pg_catalog.trim_scale(t.told_referrer),
                       pg_catalog.trim_scale(t.told_referee))
              ELSE 'was granted before its review'
              END AS fault,
              pg_catalog.row_number() OVER (ORDER BY t.converted_at, t.uuid) AS place
         FROM told AS t
              LEFT JOIN approved AS a
                     ON a.conversion_uuid OPERATOR(pg_catalog.=) t.uuid
              LEFT JOIN host.referral_purchases AS o
                     ON t.told_ref IS NULL
                    AND o.source_type OPERATOR(pg_catalog.=) pg_catalog.lower(pg_catalog.btrim(t.source_type))
                    AND o.source_ref OPERATOR(pg_catalog.=) t.source_ref
        WHERE (t.told_ref IS NULL
               AND o.source_ref IS NULL)
           OR (t.told_ref IS NOT NULL
               AND (t.referrer_reward OPERATOR(pg_catalog.>) t.told_referrer
                    OR t.referee_reward OPERATOR(pg_catalog.>) t.told_referee))
           OR (t.reason OPERATOR(pg_catalog.=) 'pending_review'
               AND t.hold_period IS NOT NULL
               AND a.conversion_uuid IS NULL))
SELECT pg_catalog.count(*),
       pg_catalog.string_agg(
           pg_catalog.format('%s "%s" %s', u.source_type, u.source_ref, u.fault), '; ' ORDER BY u.place)
           FILTER (WHERE u.place OPERATOR(pg_catalog.<=) 3)
  FROM unexplained AS u
