-- The triggers on a table itself: name, definition, when it fires (O: but in a replica), whether its
-- function is the extension's. Those that a table has as a partition come and go with the parent's. One that was
-- dropped after the snapshot was taken has no definition.
SELECT t.tgname::pg_catalog.text,
       pg_catalog.pg_get_triggerdef(t.oid),
       t.tgenabled::pg_catalog.text,
       EXISTS (
           SELECT 1
             FROM pg_catalog.pg_depend AS d,
                  pg_catalog.pg_extension AS e
            WHERE d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_proc'::pg_catalog.regclass::pg_catalog.oid
              AND d.objid OPERATOR(pg_catalog.=) t.tgfoid
              AND d.deptype OPERATOR(pg_catalog.=) 'e'
              AND d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_extension'::pg_catalog.regclass::pg_catalog.oid
              AND d.refobjid OPERATOR(pg_catalog.=) e.oid
              AND e.extname OPERATOR(pg_catalog.=) 'referrals')
  FROM pg_catalog.pg_trigger AS t
 WHERE t.tgrelid OPERATOR(pg_catalog.=) $1
   AND NOT t.tgisinternal
   AND t.tgparentid OPERATOR(pg_catalog.=) 0::pg_catalog.oid
   AND pg_catalog.pg_get_triggerdef(t.oid) IS NOT NULL
 ORDER BY t.tgname
