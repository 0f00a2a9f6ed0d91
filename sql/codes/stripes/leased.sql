SELECT pg_catalog.sum(s.uses_left)
  FROM host.referral_stripes AS s
 WHERE s.code_uuid OPERATOR(pg_catalog.=) $1
