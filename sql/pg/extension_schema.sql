SELECT n.nspname::pg_catalog.text
  FROM pg_catalog.pg_extension AS e,
       pg_catalog.pg_namespace AS n
 WHERE e.extname OPERATOR(pg_catalog.=) 'referrals'
   AND n.oid OPERATOR(pg_catalog.=) e.extnamespace
