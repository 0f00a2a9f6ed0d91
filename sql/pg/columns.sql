-- The columns of a table, with their types' own names.
SELECT a.attname::pg_catalog.text,
       t.typname::pg_catalog.text
  FROM pg_catalog.pg_attribute AS a,
       pg_catalog.pg_type AS t
 WHERE a.attrelid OPERATOR(pg_catalog.=) $1
   AND a.attnum OPERATOR(pg_catalog.>) 0
   AND NOT a.attisdropped
   AND t.oid OPERATOR(pg_catalog.=) a.atttypid
