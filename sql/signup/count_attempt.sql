UPDATE host.referral_check_attempts AS a
   SET attempts = a.attempts OPERATOR(pg_catalog.+) 1
 WHERE a.minute OPERATOR(pg_catalog.=) $1
   AND a.client_key OPERATOR(pg_catalog.=) $2
RETURNING a.attempts
