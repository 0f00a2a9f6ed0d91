-- Batches of payouts that are not what was asked for, in one go: how many, and a few of them.
  WITH batches AS (
       SELECT p.batch_ref,
              b.batch_ref IS NULL AS is_unknown,
              b.max_rows,
              pg_catalog.count(*) AS payouts,
              pg_catalog.count(*) FILTER (
                  WHERE p.currency OPERATOR(pg_catalog.<>) b.currency
                     OR p.amount OPERATOR(pg_catalog.<) b.min_amount
                     OR p.created_at OPERATOR(pg_catalog.<) b.created_at
                     OR pg_catalog."right"(p.payout_ref, 36)
                        OPERATOR(pg_catalog.<>) p.user_uuid::pg_catalog.text) AS others,
              pg_catalog.min(p.created_at) OPERATOR(pg_catalog.<>) pg_catalog.max(p.created_at) AS is_mixed
         FROM host.referral_payouts AS p
              LEFT JOIN host.referral_payout_batches AS b
                     ON b.batch_ref OPERATOR(pg_catalog.=) p.batch_ref
        WHERE p.batch_ref IS NOT NULL
        GROUP BY p.batch_ref,
                 b.batch_ref,
                 b.max_rows),
       unexplained AS (
       SELECT b.batch_ref,
              CASE
              WHEN b.is_unknown THEN 'was never asked for'
              WHEN b.others OPERATOR(pg_catalog.>) 0
              THEN pg_catalog.format('has %s of another currency, amount, time or name', b.others)
              WHEN b.payouts OPERATOR(pg_catalog.>) b.max_rows
              THEN pg_catalog.format('has %s payouts of at most %s', b.payouts, b.max_rows)
              ELSE 'has payouts of several moments'
              END AS fault,
              pg_catalog.row_number() OVER (ORDER BY b.batch_ref) AS place
         FROM batches AS b
        WHERE b.is_unknown
           OR b.others OPERATOR(pg_catalog.>) 0
           OR b.payouts OPERATOR(pg_catalog.>) b.max_rows
           OR b.is_mixed)
SELECT pg_catalog.count(*),
       pg_catalog.string_agg(
           pg_catalog.format('"%s" %s', u.batch_ref, u.fault), '; ' ORDER BY u.place)
           FILTER (WHERE u.place OPERATOR(pg_catalog.<=) 3)
  FROM unexplained AS u
