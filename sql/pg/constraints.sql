-- The constraints of a table, by name; NOT NULL is the column's affair. One that was dropped after the snapshot was
-- taken has no definition.
SELECT c.conname::pg_catalog.text,
       pg_catalog.pg_get_constraintdef(c.oid)
  FROM pg_catalog.pg_constraint AS c
 WHERE c.conrelid OPERATOR(pg_catalog.=) $1
   AND c.contype OPERATOR(pg_catalog.<>) 'n'
   AND pg_catalog.pg_get_constraintdef(c.oid) IS NOT NULL
