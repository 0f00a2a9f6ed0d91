SELECT p.*
  FROM host.referral_programs AS p
 WHERE p.key OPERATOR(pg_catalog.=) $1
