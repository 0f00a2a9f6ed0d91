-- Sides of conversions from which more was taken back than was granted, or than decisions and refunds explain, or less
-- than they tell: how many, and a few of them. A share of a refund is rounded up here: the most that it comes to. Parts
-- that 0.1.0 took back stand in the ledger alone; its conversions have no hold_period.
  WITH booked AS (
       SELECT r.conversion_uuid,
              r.side,
              coalesce(
                  pg_catalog.sum(r.amount) FILTER (WHERE r.reverses_uuid IS NULL),
                  0::pg_catalog.numeric) AS granted,
              coalesce(
                  OPERATOR(pg_catalog.-) pg_catalog.sum(r.amount) FILTER (WHERE r.reverses_uuid IS NOT NULL),
                  0::pg_catalog.numeric) AS reversed
         FROM host.referral_rewards AS r
        GROUP BY r.conversion_uuid,
                 r.side),
       decided AS (
       SELECT d.conversion_uuid,
              pg_catalog.bool_or(d.action OPERATOR(pg_catalog.<>) 'reversed_part') AS takes_all,
              pg_catalog.sum(d.amount) FILTER (WHERE d.action OPERATOR(pg_catalog.=) 'reversed_part') AS part
         FROM host.referral_decisions AS d
        WHERE d.action OPERATOR(pg_catalog.=) ANY (ARRAY['rejected', 'reversed', 'reversed_part'])
        GROUP BY d.conversion_uuid),
       taken AS (
       SELECT f.source_type,
              f.source_ref,
              pg_catalog.sum(f.referrer_taken) AS referrer_taken,
              pg_catalog.sum(f.referee_taken) AS referee_taken
         FROM host.referral_refunds AS f
        GROUP BY f.source_type,
                 f.source_ref),
       refunded AS (
       SELECT s.conversion_uuid,
              s.is_refunded,
              s.amount OPERATOR(pg_catalog.-) s.refunded_before AS judged,
              s.refunded OPERATOR(pg_catalog.-) s.refunded_before AS since,
              t.referrer_taken,
              t.referee_taken
         FROM host.referral_purchases AS s
         JOIN taken AS t
           ON t.source_type OPERATOR(pg_catalog.=) s.source_type
          AND t.source_ref OPERATOR(pg_catalog.=) s.source_ref
        WHERE s.conversion_uuid IS NOT NULL),
       bounded AS (
       SELECT v.uuid,
              v.source_type,
              v.source_ref,
              v.converted_at,
              b.side,
              b.granted,
              b.reversed,
              CASE
              WHEN v.status OPERATOR(pg_catalog.=) ANY (ARRAY['rejected', 'reversed']) THEN b.granted
              WHEN b.side OPERATOR(pg_catalog.=) 'referrer' THEN coalesce(f.referrer_taken, 0::pg_catalog.numeric)
              ELSE coalesce(f.referee_taken, 0::pg_catalog.numeric)
              END AS least,
              CASE
              WHEN d.takes_all OR f.is_refunded OR v.hold_period IS NULL THEN b.granted
              ELSE LEAST(
                       b.granted,
                       coalesce(d.part, 0::pg_catalog.numeric)
                       OPERATOR(pg_catalog.+)
                       CASE
                       WHEN f.judged OPERATOR(pg_catalog.>) 0::pg_catalog.numeric
                       THEN pg_catalog.ceil(
                                b.granted OPERATOR(pg_catalog.*) f.since OPERATOR(pg_catalog./) f.judged
                                OPERATOR(pg_catalog.*) unit.parts)
                            OPERATOR(pg_catalog./) unit.parts
                       ELSE 0::pg_catalog.numeric
                       END)
              END AS most
         FROM booked AS b
         JOIN host.referral_conversions AS v
           ON v.uuid OPERATOR(pg_catalog.=) b.conversion_uuid
        CROSS JOIN LATERAL (
              SELECT pg_catalog.power(10::pg_catalog.numeric, v.reward_scale::pg_catalog.numeric)) AS unit (parts)
         LEFT JOIN decided AS d
           ON d.conversion_uuid OPERATOR(pg_catalog.=) v.uuid
         LEFT JOIN refunded AS f
           ON f.conversion_uuid OPERATOR(pg_catalog.=) v.uuid),
       unexplained AS (
       SELECT b.side,
              b.source_type,
              b.source_ref,
              b.granted,
              b.reversed,
              b.least,
              b.most,
              pg_catalog.row_number() OVER (ORDER BY b.converted_at, b.uuid, b.side DESC) AS place
         FROM bounded AS b
        WHERE b.reversed OPERATOR(pg_catalog.<) b.least
           OR b.reversed OPERATOR(pg_catalog.>) b.most)
SELECT pg_catalog.count(*),
       pg_catalog.string_agg(
           pg_catalog.format(
               '%s of %s "%s": granted %s, taken back %s, explained %s',
               u.side,
               u.source_type,
               u.source_ref,
               pg_catalog.trim_scale(u.granted),
               pg_catalog.trim_scale(u.reversed),
               pg_catalog.trim_scale(
                   CASE WHEN u.reversed OPERATOR(pg_catalog.<) u.least THEN u.least ELSE u.most END)),
           '; ' ORDER BY u.place)
           FILTER (WHERE u.place OPERATOR(pg_catalog.<=) 3)
  FROM unexplained AS u
