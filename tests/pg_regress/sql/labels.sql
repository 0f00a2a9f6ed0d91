-- Volatility, parallel safety, strictness, security and settings of every function, pinned: a word that
-- nobody understands in a declaration is otherwise no error.
CREATE EXTENSION referrals;
SELECT p.oid::regprocedure AS function,
       CASE p.provolatile WHEN 'v' THEN 'volatile' WHEN 's' THEN 'stable' ELSE 'immutable' END AS volatility,
       CASE p.proparallel WHEN 's' THEN 'safe' WHEN 'r' THEN 'restricted' ELSE 'unsafe' END AS parallel,
       p.proisstrict AS strict,
       p.prosecdef AS definer,
       p.proconfig AS config,
       pg_catalog.pg_get_function_result(p.oid) AS result
  FROM pg_catalog.pg_proc AS p
       JOIN pg_catalog.pg_depend AS d
         ON d.classid = 'pg_catalog.pg_proc'::regclass
        AND d.objid = p.oid
        AND d.refclassid = 'pg_catalog.pg_extension'::regclass
        AND d.deptype = 'e'
 ORDER BY p.proname;

-- Every function says what it gives.
SELECT p.oid::regprocedure AS uncommented
  FROM pg_catalog.pg_proc AS p
       JOIN pg_catalog.pg_depend AS d
         ON d.objid = p.oid
        AND d.refclassid = 'pg_catalog.pg_extension'::regclass
        AND d.deptype = 'e'
 WHERE pg_catalog.obj_description(p.oid, 'pg_proc') IS NULL;

-- Every function gives something: drivers stumble over void.
SELECT p.oid::regprocedure AS gives_nothing
  FROM pg_catalog.pg_proc AS p
       JOIN pg_catalog.pg_depend AS d
         ON d.objid = p.oid
        AND d.refclassid = 'pg_catalog.pg_extension'::regclass
        AND d.deptype = 'e'
 WHERE p.prorettype = 'void'::regtype
   AND d.refobjid = (SELECT oid FROM pg_catalog.pg_extension WHERE extname = 'referrals');
