-- The schema $1, if Citus keeps it on a node as one tenant's. Asked only where it has this catalog.
SELECT n.nspname::pg_catalog.text
  FROM pg_catalog.pg_dist_schema AS d
  JOIN pg_catalog.pg_namespace AS n
    ON n.oid OPERATOR(pg_catalog.=) d.schemaid
 WHERE n.nspname::pg_catalog.text OPERATOR(pg_catalog.=) $1
