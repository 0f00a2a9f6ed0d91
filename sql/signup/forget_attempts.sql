-- A few rows whose minute is over, but none that somebody is writing: nobody waits for a sweep.
DELETE FROM host.referral_check_attempts AS a
 WHERE a.client_key OPERATOR(pg_catalog.=) ANY (ARRAY(
       SELECT old.client_key
         FROM host.referral_check_attempts AS old
        WHERE old.started_at OPERATOR(pg_catalog.<) $1
        ORDER BY old.started_at
        LIMIT 10
          FOR UPDATE SKIP LOCKED))
