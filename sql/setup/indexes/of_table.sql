-- The usable indexes of a table, in the default order of their types: name, uniqueness, key columns or
-- expressions, all columns, whether a constraint needs it.
SELECT i.indexrelid::pg_catalog.regclass::pg_catalog.text,
       i.indisunique AND i.indimmediate,
       ARRAY(SELECT pg_catalog.pg_get_indexdef(i.indexrelid, n, true)
               FROM pg_catalog.generate_series(1, i.indnkeyatts::pg_catalog.int4) AS n
              ORDER BY n),
       ARRAY(SELECT pg_catalog.pg_get_indexdef(i.indexrelid, n, true)
               FROM pg_catalog.generate_series(1, i.indnatts::pg_catalog.int4) AS n
              ORDER BY n),
       -- Whether a constraint is kept by it.
       EXISTS (
           SELECT 1
             FROM pg_catalog.pg_constraint AS k
            WHERE k.conindid OPERATOR(pg_catalog.=) i.indexrelid)
  FROM pg_catalog.pg_index AS i,
       pg_catalog.pg_class AS c,
       pg_catalog.pg_am AS m
 WHERE i.indrelid OPERATOR(pg_catalog.=) $1
   AND i.indisvalid
   AND i.indpred IS NULL
   AND c.oid OPERATOR(pg_catalog.=) i.indexrelid
   AND m.oid OPERATOR(pg_catalog.=) c.relam
   AND m.amname OPERATOR(pg_catalog.=) 'btree'
   AND NOT EXISTS (
       SELECT 1
         FROM pg_catalog.pg_opclass AS o
        WHERE o.oid OPERATOR(pg_catalog.=) ANY (i.indclass::pg_catalog.oid[])
          AND NOT o.opcdefault)
 ORDER BY i.indexrelid
