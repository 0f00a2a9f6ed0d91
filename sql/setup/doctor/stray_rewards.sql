-- Rows of the ledger that are for no conversion there is, or take back from no grant of their own: how many, and a few
-- of them.
  WITH stray AS (
       SELECT r.uuid,
              r.amount,
              r.currency,
              r.user_uuid,
              v.uuid IS NULL AS has_no_conversion,
              pg_catalog.row_number() OVER (ORDER BY r.created_at, r.uuid) AS place
         FROM host.referral_rewards AS r
              LEFT JOIN host.referral_conversions AS v
                     ON v.uuid OPERATOR(pg_catalog.=) r.conversion_uuid
              LEFT JOIN host.referral_rewards AS g
                     ON g.uuid OPERATOR(pg_catalog.=) r.reverses_uuid
                    AND g.reverses_uuid IS NULL
                    AND g.conversion_uuid OPERATOR(pg_catalog.=) r.conversion_uuid
                    AND g.side OPERATOR(pg_catalog.=) r.side
                    AND g.user_uuid OPERATOR(pg_catalog.=) r.user_uuid
                    AND g.currency OPERATOR(pg_catalog.=) r.currency
                    AND g.available_at OPERATOR(pg_catalog.=) r.available_at
        WHERE v.uuid IS NULL
           OR (r.reverses_uuid IS NOT NULL
               AND g.uuid IS NULL))
SELECT pg_catalog.count(*),
       pg_catalog.string_agg(
           pg_catalog.format(
               '%s %s of user %s, %s',
               pg_catalog.trim_scale(stray.amount),
               stray.currency,
               stray.user_uuid,
               CASE
               WHEN stray.has_no_conversion THEN 'for no conversion'
               ELSE 'from no grant of theirs'
               END),
           '; ' ORDER BY stray.place)
           FILTER (WHERE stray.place OPERATOR(pg_catalog.<=) 3)
  FROM stray
