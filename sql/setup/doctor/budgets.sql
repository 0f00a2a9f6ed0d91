-- Programs with a budget whose counter differs from what the ledger has granted, less what it has taken back: how many,
-- and a few of them.
  WITH granted AS (
       SELECT r.program,
              r.currency,
              pg_catalog.sum(r.amount) AS amount
         FROM host.referral_rewards AS r
        GROUP BY r.program,
                 r.currency),
       drifted AS (
       SELECT p.key,
              p.rewards_granted,
              coalesce(g.amount, 0::pg_catalog.numeric) AS amount,
              pg_catalog.row_number() OVER (ORDER BY p.key) AS place
         FROM host.referral_programs AS p
              LEFT JOIN granted AS g
                     ON g.program OPERATOR(pg_catalog.=) p.key
                    AND g.currency OPERATOR(pg_catalog.=) p.currency
        WHERE p.reward_budget IS NOT NULL
          AND p.rewards_granted OPERATOR(pg_catalog.<>) coalesce(g.amount, 0::pg_catalog.numeric))
SELECT pg_catalog.count(*),
       pg_catalog.string_agg(
           pg_catalog.format(
               '"%s" says %s, the ledger has %s',
               drifted.key,
               pg_catalog.trim_scale(drifted.rewards_granted),
               pg_catalog.trim_scale(drifted.amount)),
           '; ' ORDER BY drifted.place)
           FILTER (WHERE drifted.place OPERATOR(pg_catalog.<=) 3)
  FROM drifted
