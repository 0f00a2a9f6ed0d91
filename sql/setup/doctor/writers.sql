-- Who may write a table ($1), or set the sequence that numbers its rows, and should not or may be meant not to: everybody;
-- the roles of visitors ($2); whoever is given rights on new tables by default privileges. Who passes
-- every policy, or may do what the owner may, is trusted. Gives the role, what REVOKE calls it, whether it is a visitor's,
-- the relation, and the rights; what everybody has is told once.
  WITH suspect AS (
       SELECT 'public' AS role,
              'PUBLIC' AS name,
              true AS is_visitor
        UNION ALL
       SELECT r.rolname::pg_catalog.text,
              pg_catalog.quote_ident(r.rolname),
              is_visitor
         FROM pg_catalog.pg_class AS t,
              pg_catalog.pg_roles AS r
              CROSS JOIN LATERAL (
                  SELECT r.rolname::pg_catalog.text OPERATOR(pg_catalog.=) ANY ($2) AS is_visitor) AS known
        WHERE t.oid OPERATOR(pg_catalog.=) $1
          AND NOT r.rolsuper
          AND NOT r.rolbypassrls
          AND NOT pg_catalog.pg_has_role(r.oid, t.relowner, 'USAGE')
          AND pg_catalog.has_schema_privilege(r.oid, t.relnamespace, 'USAGE')
          AND (is_visitor
               OR EXISTS (
                  SELECT 1
                    FROM pg_catalog.pg_default_acl AS d,
                         pg_catalog.aclexplode(d.defaclacl) AS a
                   WHERE d.defaclobjtype OPERATOR(pg_catalog.=) 'r'
                     AND d.defaclnamespace OPERATOR(pg_catalog.=) ANY (ARRAY[0::pg_catalog.oid, t.relnamespace])
                     AND a.grantee OPERATOR(pg_catalog.=) r.oid
                     AND a.grantee OPERATOR(pg_catalog.<>) d.defaclrole))),
       relation AS (
       SELECT c.oid,
              c.relname,
              c.relkind
         FROM pg_catalog.pg_class AS c
        WHERE c.oid OPERATOR(pg_catalog.=) $1
           OR c.relkind OPERATOR(pg_catalog.=) 'S'
          AND EXISTS (
              SELECT 1
                FROM pg_catalog.pg_depend AS d
               WHERE d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid
                 AND d.objid OPERATOR(pg_catalog.=) c.oid
                 AND d.refclassid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid
                 AND d.refobjid OPERATOR(pg_catalog.=) $1
                 AND d.deptype OPERATOR(pg_catalog.=) ANY (ARRAY['a', 'i']::pg_catalog."char"[]))),
       held AS (
       SELECT s.role,
              s.name,
              s.is_visitor,
              c.oid,
              c.relname,
              written.place,
              written.privilege
         FROM suspect AS s
              CROSS JOIN relation AS c
              CROSS JOIN (
                  VALUES (1, 'INSERT'), (2, 'UPDATE'), (3, 'DELETE'), (4, 'TRUNCATE'), (5, 'TRIGGER'), (6, 'USAGE')
              ) AS written (place, privilege)
        WHERE CASE
              WHEN c.relkind OPERATOR(pg_catalog.=) 'S'
              THEN written.privilege OPERATOR(pg_catalog.=) ANY (ARRAY['UPDATE', 'USAGE'])
               AND pg_catalog.has_sequence_privilege(s.role::pg_catalog.name, c.oid, written.privilege)
              WHEN written.privilege OPERATOR(pg_catalog.=) ANY (ARRAY['INSERT', 'UPDATE'])
              THEN pg_catalog.has_any_column_privilege(s.role::pg_catalog.name, c.oid, written.privilege)
              WHEN written.privilege OPERATOR(pg_catalog.<>) 'USAGE'
              THEN pg_catalog.has_table_privilege(s.role::pg_catalog.name, c.oid, written.privilege)
              END)
SELECT h.role,
       h.name,
       h.is_visitor,
       pg_catalog.quote_ident(h.relname),
       pg_catalog.string_agg(h.privilege, ', ' ORDER BY h.place)
  FROM held AS h
 WHERE h.role OPERATOR(pg_catalog.=) 'public'
    OR NOT EXISTS (
       SELECT 1
         FROM held AS everybodys
        WHERE everybodys.role OPERATOR(pg_catalog.=) 'public'
          AND everybodys.oid OPERATOR(pg_catalog.=) h.oid
          AND everybodys.privilege OPERATOR(pg_catalog.=) h.privilege)
 GROUP BY h.role,
       h.name,
       h.is_visitor,
       h.relname
 ORDER BY h.is_visitor DESC,
       h.role OPERATOR(pg_catalog.<>) 'public',
       h.role,
       h.relname
