-- The uses of a code by some users, of each user the earliest first; old data may hold several. Each is looked for by
-- itself, or a plan that fits most codes would read all uses of one that has many.
SELECT p.used_by_uuid,
       u.uuid
  FROM pg_catalog.unnest($2) AS p (used_by_uuid)
 CROSS JOIN LATERAL (
       SELECT r.uuid,
              r.date_used
         FROM host.phoenix_kit_referral_code_usage AS r
        WHERE r.code_uuid OPERATOR(pg_catalog.=) $1
          AND r.used_by_uuid OPERATOR(pg_catalog.=) p.used_by_uuid
       OFFSET 0) AS u
 ORDER BY u.date_used,
          u.uuid
