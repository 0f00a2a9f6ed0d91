-- The tables that carry a signup trigger of the extension's, and the second argument of each: the schema it was told, if that is not the
-- table's own. tgargs holds the arguments one after another, each ended by a zero byte.
SELECT t.tgrelid,
       n.nspname::pg_catalog.text,
       CASE WHEN t.tgnargs OPERATOR(pg_catalog.>) 1
            THEN pg_catalog.convert_from(
                     pg_catalog.substring(
                         t.tgargs,
                         pg_catalog."position"(t.tgargs, pg_catalog.decode('00', 'hex')) OPERATOR(pg_catalog.+) 1,
                         pg_catalog.octet_length(t.tgargs)
                             OPERATOR(pg_catalog.-) pg_catalog."position"(t.tgargs, pg_catalog.decode('00', 'hex'))
                             OPERATOR(pg_catalog.-) 1),
                     pg_catalog.getdatabaseencoding()) END
  FROM pg_catalog.pg_trigger AS t,
       pg_catalog.pg_class AS c,
       pg_catalog.pg_namespace AS n
 WHERE t.tgname OPERATOR(pg_catalog.=) 'referral_required_at_signup'
   AND t.tgparentid OPERATOR(pg_catalog.=) 0::pg_catalog.oid
   AND EXISTS (
       SELECT 1
         FROM pg_catalog.pg_depend AS d,
              pg_catalog.pg_extension AS e
        WHERE d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_proc'::pg_catalog.regclass::pg_catalog.oid
          AND d.objid OPERATOR(pg_catalog.=) t.tgfoid
          AND d.deptype OPERATOR(pg_catalog.=) 'e'
          AND d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_extension'::pg_catalog.regclass::pg_catalog.oid
          AND d.refobjid OPERATOR(pg_catalog.=) e.oid
          AND e.extname OPERATOR(pg_catalog.=) 'referrals')
   AND c.oid OPERATOR(pg_catalog.=) t.tgrelid
   AND n.oid OPERATOR(pg_catalog.=) c.relnamespace
