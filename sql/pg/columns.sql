-- The columns of a table: name, its type's own name, with the schema of one that is not built in, its type in full, NOT NULL, default, whether it is an
-- identity that is always generated, comment.
SELECT a.attname::pg_catalog.text,
       CASE WHEN n.nspname OPERATOR(pg_catalog.=) 'pg_catalog' THEN t.typname::pg_catalog.text
            ELSE pg_catalog.format('%I.%I', n.nspname, t.typname) END,
       pg_catalog.format_type(a.atttypid, a.atttypmod),
       a.attnotnull,
       pg_catalog.pg_get_expr(d.adbin, d.adrelid),
       a.attidentity OPERATOR(pg_catalog.=) 'a',
       pg_catalog.col_description(a.attrelid, a.attnum::pg_catalog.int4)
  FROM pg_catalog.pg_attribute AS a
       JOIN pg_catalog.pg_type AS t
         ON t.oid OPERATOR(pg_catalog.=) a.atttypid
       JOIN pg_catalog.pg_namespace AS n
         ON n.oid OPERATOR(pg_catalog.=) t.typnamespace
       LEFT JOIN pg_catalog.pg_attrdef AS d
              ON d.adrelid OPERATOR(pg_catalog.=) a.attrelid
             AND d.adnum OPERATOR(pg_catalog.=) a.attnum
 WHERE a.attrelid OPERATOR(pg_catalog.=) $1
   AND a.attnum OPERATOR(pg_catalog.>) 0
   AND NOT a.attisdropped
