-- An index: whether it is this table's, its definition, whether it is usable.
SELECT i.indrelid OPERATOR(pg_catalog.=) $2,
       pg_catalog.pg_get_indexdef(i.indexrelid),
       i.indisvalid
  FROM pg_catalog.pg_index AS i
 WHERE i.indexrelid OPERATOR(pg_catalog.=) $1
   -- Gone since the query's snapshot.
   AND pg_catalog.pg_get_indexdef(i.indexrelid) IS NOT NULL
