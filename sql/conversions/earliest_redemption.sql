-- How a person was referred: by the earliest redemption before the moment $4 of a code that has a referrer, whose
-- program ran then and whose window was open; where there is none, by the earliest. A code with a referrer that is
-- assigned to no program belongs to the default program ($2). The person's own code refers nobody, unless a setting
-- allows it ($3).
SELECT c.uuid,
       c.code,
       c.beneficiary_uuid,
       g.key,
       p.owner_type,
       u.date_used
  FROM host.phoenix_kit_referral_code_usage AS u
  JOIN host.phoenix_kit_referral_codes AS c
    ON c.uuid OPERATOR(pg_catalog.=) u.code_uuid
  LEFT JOIN host.referral_code_programs AS p
    ON p.code_uuid OPERATOR(pg_catalog.=) c.uuid
  JOIN host.referral_programs AS g
    ON g.key OPERATOR(pg_catalog.=) coalesce(p.program, $2)
 WHERE u.used_by_uuid OPERATOR(pg_catalog.=) $1
   AND u.date_used OPERATOR(pg_catalog.<=) $4
   AND (c.beneficiary_uuid OPERATOR(pg_catalog.<>) $1
        OR ($3
            AND c.beneficiary_uuid IS NOT NULL))
 ORDER BY (g.status OPERATOR(pg_catalog.=) 'active'
           AND (g.starts_at IS NULL
                OR g.starts_at OPERATOR(pg_catalog.<=) $4)
           AND (g.ends_at IS NULL
                OR g.ends_at OPERATOR(pg_catalog.>) $4)
           AND (g.attribution_window IS NULL
                OR (u.date_used OPERATOR(pg_catalog.+) g.attribution_window) OPERATOR(pg_catalog.>) $4)) DESC,
          u.date_used,
          u.uuid
 LIMIT 1
