-- The transactions, but for this one, that have an id and write to the table of events. One look at all locks: a
-- transaction that is prepared meanwhile keeps its id, and not its place.
  WITH locks AS MATERIALIZED (
       SELECT l.locktype,
              l.database,
              l.relation,
              l.mode,
              l.granted,
              l.pid,
              l.virtualtransaction,
              l.transactionid
         FROM pg_catalog.pg_locks AS l)
SELECT DISTINCT id.transactionid::pg_catalog.text
  FROM locks AS writing
       JOIN locks AS id
         ON id.virtualtransaction OPERATOR(pg_catalog.=) writing.virtualtransaction
        AND id.locktype OPERATOR(pg_catalog.=) 'transactionid'
        AND id.mode OPERATOR(pg_catalog.=) 'ExclusiveLock'
        AND id.granted
       JOIN pg_catalog.pg_database AS here
         ON here.oid OPERATOR(pg_catalog.=) writing.database
        AND here.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()
 WHERE writing.locktype OPERATOR(pg_catalog.=) 'relation'
   AND writing.relation OPERATOR(pg_catalog.=) $1
   AND writing.mode OPERATOR(pg_catalog.=) 'RowExclusiveLock'
   AND writing.granted
   AND writing.pid IS DISTINCT FROM pg_catalog.pg_backend_pid()
