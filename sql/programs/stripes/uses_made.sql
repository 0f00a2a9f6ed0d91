-- The uses of a program without those that its stripes have leased: counter and leases of one moment.
SELECT p.number_of_uses OPERATOR(pg_catalog.-) coalesce(
           (SELECT pg_catalog.sum(s.uses_left)
              FROM host.referral_program_stripes AS s
             WHERE s.program OPERATOR(pg_catalog.=) p.key),
           0::pg_catalog.int8)
  FROM host.referral_programs AS p
 WHERE p.key OPERATOR(pg_catalog.=) $1
