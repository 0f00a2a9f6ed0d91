-- Counts a check within the client's minute, or begins a new one. $2 now, $3 a minute ago.
UPDATE host.referral_check_attempts AS a
   SET attempts = CASE
                  WHEN a.started_at OPERATOR(pg_catalog.>) $3 THEN a.attempts OPERATOR(pg_catalog.+) 1
                  ELSE 1
                  END,
       started_at = CASE
                    WHEN a.started_at OPERATOR(pg_catalog.>) $3 THEN a.started_at
                    ELSE $2
                    END
 WHERE a.client_key OPERATOR(pg_catalog.=) $1
RETURNING a.attempts
