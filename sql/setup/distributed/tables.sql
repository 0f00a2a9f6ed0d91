-- The tables of the schema $1 that Citus keeps on its nodes. Asked only where it has this catalog.
SELECT c.relname::pg_catalog.text
  FROM pg_catalog.pg_dist_partition AS d
  JOIN pg_catalog.pg_class AS c
    ON c.oid OPERATOR(pg_catalog.=) d.logicalrelid::pg_catalog.oid
  JOIN pg_catalog.pg_namespace AS n
    ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
 WHERE n.nspname::pg_catalog.text OPERATOR(pg_catalog.=) $1
