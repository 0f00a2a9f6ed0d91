-- The extension's functions that were made to lend their owner's rights and that everybody may call, with that owner.
SELECT p.oid::pg_catalog.regprocedure::pg_catalog.text,
       pg_catalog.pg_get_userbyid(p.proowner)::pg_catalog.text
  FROM pg_catalog.pg_proc AS p,
       pg_catalog.pg_depend AS d,
       pg_catalog.pg_extension AS e
 WHERE p.prosecdef
   AND pg_catalog.has_function_privilege('public'::pg_catalog.name, p.oid, 'EXECUTE')
   AND d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_proc'::pg_catalog.regclass::pg_catalog.oid
   AND d.objid OPERATOR(pg_catalog.=) p.oid
   AND d.deptype OPERATOR(pg_catalog.=) 'e'
   AND d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_extension'::pg_catalog.regclass::pg_catalog.oid
   AND d.refobjid OPERATOR(pg_catalog.=) e.oid
   AND e.extname OPERATOR(pg_catalog.=) 'referrals'
 ORDER BY 1
