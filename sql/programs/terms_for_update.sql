-- The same, the row locked for the uses that are taken next.
SELECT p.status,
       p.starts_at,
       p.ends_at,
       p.one_code_per_referee,
       p.max_uses_total,
       p.number_of_uses
  FROM host.referral_programs AS p
 WHERE p.key OPERATOR(pg_catalog.=) $1
   FOR NO KEY UPDATE
