-- A few rows of minutes long over. One that a slow transaction still holds is left for later.
DELETE FROM host.referral_check_attempts AS a
 USING (SELECT old.minute,
               old.client_key
          FROM host.referral_check_attempts AS old
         WHERE old.minute OPERATOR(pg_catalog.<) $1
         ORDER BY old.minute
         LIMIT 10
           FOR UPDATE SKIP LOCKED) AS over
 WHERE a.minute OPERATOR(pg_catalog.=) over.minute
   AND a.client_key OPERATOR(pg_catalog.=) over.client_key
