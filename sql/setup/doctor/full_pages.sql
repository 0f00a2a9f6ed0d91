-- Whether a table ($1) has so many rows ($2) and keeps no room in its pages; gives the number of its indexes. A
-- partitioned table has no pages.
SELECT (SELECT pg_catalog.count(*)
          FROM pg_catalog.pg_index AS i
         WHERE i.indrelid OPERATOR(pg_catalog.=) c.oid)
  FROM pg_catalog.pg_class AS c
 WHERE c.oid OPERATOR(pg_catalog.=) $1
   AND c.relkind OPERATOR(pg_catalog.=) 'r'
   AND c.reltuples OPERATOR(pg_catalog.>=) $2::pg_catalog.float4
   AND NOT EXISTS (
       SELECT 1
         FROM pg_catalog.pg_options_to_table(c.reloptions) AS o
        WHERE o.option_name OPERATOR(pg_catalog.=) 'fillfactor'
          AND o.option_value::pg_catalog.int4 OPERATOR(pg_catalog.<) 100)
