-- The triggers on a table itself, by name; those it has as a partition come and go with the parent's.
SELECT t.tgname::pg_catalog.text
  FROM pg_catalog.pg_trigger AS t
 WHERE t.tgrelid OPERATOR(pg_catalog.=) $1
   AND NOT t.tgisinternal
   AND t.tgparentid OPERATOR(pg_catalog.=) 0::pg_catalog.oid
