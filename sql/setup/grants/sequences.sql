-- The sequences that belong to columns of a table ($1): oid, and name, quoted.
SELECT s.oid,
       pg_catalog.quote_ident(s.relname)
  FROM pg_catalog.pg_depend AS d
  JOIN pg_catalog.pg_class AS s
    ON s.oid OPERATOR(pg_catalog.=) d.objid
   AND s.relkind OPERATOR(pg_catalog.=) 'S'
 WHERE d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass
   AND d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass
   AND d.refobjid OPERATOR(pg_catalog.=) $1
   AND d.deptype IN ('a', 'i')
 ORDER BY s.relname
