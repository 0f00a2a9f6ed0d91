-- Those of these transactions that have not ended: one frees its own lock once all that it wrote is visible.
SELECT DISTINCT l.transactionid::pg_catalog.text
  FROM pg_catalog.pg_locks AS l
 WHERE l.locktype OPERATOR(pg_catalog.=) 'transactionid'
   AND l.mode OPERATOR(pg_catalog.=) 'ExclusiveLock'
   AND l.granted
   AND l.transactionid::pg_catalog.text OPERATOR(pg_catalog.=) ANY ($1)
