-- The rights on a table ($1) that others than its owner have been given by name: oid of the role (0 is PUBLIC), its
-- name as GRANT takes it, the privilege, and the column where it is one's alone.
  WITH given AS (
       SELECT a.grantee,
              a.privilege_type,
              NULL::pg_catalog.text AS column_name,
              t.relowner
         FROM pg_catalog.pg_class AS t,
              pg_catalog.aclexplode(t.relacl) AS a
        WHERE t.oid OPERATOR(pg_catalog.=) $1
        UNION ALL
       SELECT a.grantee,
              a.privilege_type,
              c.attname::pg_catalog.text,
              t.relowner
         FROM pg_catalog.pg_class AS t
         JOIN pg_catalog.pg_attribute AS c
           ON c.attrelid OPERATOR(pg_catalog.=) t.oid,
              pg_catalog.aclexplode(c.attacl) AS a
        WHERE t.oid OPERATOR(pg_catalog.=) $1
          AND NOT c.attisdropped)
SELECT g.grantee,
       CASE g.grantee
       WHEN 0::pg_catalog.oid THEN 'PUBLIC'
       ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(g.grantee))
       END AS name,
       g.privilege_type,
       g.column_name
  FROM given AS g
 WHERE g.grantee OPERATOR(pg_catalog.<>) g.relowner
 ORDER BY name,
          g.privilege_type,
          g.column_name
