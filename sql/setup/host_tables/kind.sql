SELECT c.relkind::pg_catalog.text
  FROM pg_catalog.pg_class AS c
 WHERE c.oid OPERATOR(pg_catalog.=) $1
