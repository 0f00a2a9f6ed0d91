-- Payouts that take more than their people had been granted by then: how many, and a few of them. Only what was granted
-- counts, not what of it was taken back: that may have happened after they were paid.
  WITH moves AS (
       SELECT p.user_uuid,
              p.currency,
              p.created_at AS at,
              p.payout_ref,
              OPERATOR(pg_catalog.-) p.amount AS amount
         FROM host.referral_payouts AS p
        WHERE p.status OPERATOR(pg_catalog.<>) 'failed'
        UNION ALL
       SELECT r.user_uuid,
              r.currency,
              r.available_at,
              NULL,
              r.amount
         FROM host.referral_rewards AS r
        WHERE r.reverses_uuid IS NULL
          AND EXISTS (
              SELECT 1
                FROM host.referral_payouts AS p
               WHERE p.user_uuid OPERATOR(pg_catalog.=) r.user_uuid)),
       balances AS (
       SELECT m.payout_ref,
              m.at,
              m.currency,
              OPERATOR(pg_catalog.-) m.amount AS amount,
              pg_catalog.sum(m.amount) OVER (
                  PARTITION BY m.user_uuid, m.currency
                  ORDER BY m.at, m.payout_ref NULLS FIRST
                  ROWS UNBOUNDED PRECEDING) AS balance
         FROM moves AS m),
       unearned AS (
       SELECT b.payout_ref,
              b.currency,
              b.amount,
              LEAST(b.amount, OPERATOR(pg_catalog.-) b.balance) AS lacking,
              pg_catalog.row_number() OVER (ORDER BY b.at, b.payout_ref) AS place
         FROM balances AS b
        WHERE b.payout_ref IS NOT NULL
          AND b.balance OPERATOR(pg_catalog.<) 0::pg_catalog.numeric)
SELECT pg_catalog.count(*),
       pg_catalog.string_agg(
           pg_catalog.format(
               '"%s" takes %s %s, %s too much',
               u.payout_ref,
               pg_catalog.trim_scale(u.amount),
               u.currency,
               pg_catalog.trim_scale(u.lacking)),
           '; ' ORDER BY u.place)
           FILTER (WHERE u.place OPERATOR(pg_catalog.<=) 3)
  FROM unearned AS u
