-- Who else than the caller may insert into a table, its owner among them; quoted, as GRANT takes it.
SELECT DISTINCT
       CASE a.grantee
       WHEN 0::pg_catalog.oid THEN 'PUBLIC'
       ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(a.grantee))
       END
  FROM pg_catalog.pg_class AS c,
       pg_catalog.aclexplode(coalesce(c.relacl, pg_catalog.acldefault('r', c.relowner))) AS a
 WHERE c.oid OPERATOR(pg_catalog.=) $1
   AND a.privilege_type OPERATOR(pg_catalog.=) 'INSERT'
   AND (a.grantee OPERATOR(pg_catalog.=) 0::pg_catalog.oid
        OR pg_catalog.pg_get_userbyid(a.grantee) OPERATOR(pg_catalog.<>) current_user)
 ORDER BY 1
