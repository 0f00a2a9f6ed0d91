SELECT r.program
  FROM host.referral_referees AS r
 WHERE r.referee_uuid OPERATOR(pg_catalog.=) $1
