-- The usable indexes of a table, in the default order of their types: name, uniqueness, key columns or
-- expressions, all columns, whether a constraint needs it. Catalog rows come by the query's snapshot, definitions by
-- the newest: an index that is gone by now has none.
SELECT c.relname::pg_catalog.text,
       i.indisunique AND i.indimmediate,
       ARRAY(SELECT coalesce(
                        a.attname::pg_catalog.text,
                        pg_catalog.pg_get_indexdef(i.indexrelid, n OPERATOR(pg_catalog.+) 1, true),
                        '')
               FROM pg_catalog.generate_series(0, i.indnkeyatts::pg_catalog.int4 OPERATOR(pg_catalog.-) 1) AS n
                    LEFT JOIN pg_catalog.pg_attribute AS a
                           ON a.attrelid OPERATOR(pg_catalog.=) i.indrelid
                          AND a.attnum OPERATOR(pg_catalog.=) i.indkey[n]
              ORDER BY n),
       ARRAY(SELECT coalesce(
                        a.attname::pg_catalog.text,
                        pg_catalog.pg_get_indexdef(i.indexrelid, n OPERATOR(pg_catalog.+) 1, true),
                        '')
               FROM pg_catalog.generate_series(0, i.indnatts::pg_catalog.int4 OPERATOR(pg_catalog.-) 1) AS n
                    LEFT JOIN pg_catalog.pg_attribute AS a
                           ON a.attrelid OPERATOR(pg_catalog.=) i.indrelid
                          AND a.attnum OPERATOR(pg_catalog.=) i.indkey[n]
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
   AND pg_catalog.pg_get_indexdef(i.indexrelid) IS NOT NULL
   AND c.oid OPERATOR(pg_catalog.=) i.indexrelid
   AND m.oid OPERATOR(pg_catalog.=) c.relam
   AND m.amname OPERATOR(pg_catalog.=) 'btree'
   AND NOT EXISTS (
       SELECT 1
         FROM pg_catalog.pg_opclass AS o
        WHERE o.oid OPERATOR(pg_catalog.=) ANY (i.indclass::pg_catalog.oid[])
          AND NOT o.opcdefault)
 ORDER BY i.indexrelid
