-- Who else than the caller may insert into a host's table ($1), its owner among them: oid (0 is PUBLIC),
-- name as GRANT takes it, and whether rows of the own table ($2) are theirs to write already.
SELECT DISTINCT
       a.grantee,
       CASE a.grantee
       WHEN 0::pg_catalog.oid THEN 'PUBLIC'
       ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(a.grantee))
       END AS name,
       EXISTS (
           SELECT 1
             FROM pg_catalog.pg_class AS own,
                  pg_catalog.aclexplode(own.relacl) AS given
            WHERE own.oid OPERATOR(pg_catalog.=) $2
              AND given.grantee OPERATOR(pg_catalog.=) a.grantee
              AND given.privilege_type OPERATOR(pg_catalog.=) ANY (ARRAY['INSERT', 'UPDATE', 'DELETE']))
       OR EXISTS (
           SELECT 1
             FROM pg_catalog.pg_attribute AS c,
                  pg_catalog.aclexplode(c.attacl) AS given
            WHERE c.attrelid OPERATOR(pg_catalog.=) $2
              AND given.grantee OPERATOR(pg_catalog.=) a.grantee
              AND given.privilege_type OPERATOR(pg_catalog.=) ANY (ARRAY['INSERT', 'UPDATE']))
  FROM pg_catalog.pg_class AS t,
       pg_catalog.aclexplode(coalesce(t.relacl, pg_catalog.acldefault('r', t.relowner))) AS a
 WHERE t.oid OPERATOR(pg_catalog.=) $1
   AND a.privilege_type OPERATOR(pg_catalog.=) 'INSERT'
   AND (a.grantee OPERATOR(pg_catalog.=) 0::pg_catalog.oid
        OR pg_catalog.pg_get_userbyid(a.grantee) OPERATOR(pg_catalog.<>) current_user)
 ORDER BY name
