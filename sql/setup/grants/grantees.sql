-- Who else than the caller has a privilege ($2) on a host's table ($1), its owner among them, or on some columns of
-- it; number_of_uses, which a redemption updates, is none of them: oid (0 is PUBLIC), name as GRANT takes it, and
-- whether it is the whole table's. The owner of the table ($3) that rights are given on needs none.
  WITH given AS (
       SELECT a.grantee,
              a.privilege_type,
              true AS is_whole
         FROM pg_catalog.pg_class AS t,
              pg_catalog.aclexplode(coalesce(t.relacl, pg_catalog.acldefault('r', t.relowner))) AS a
        WHERE t.oid OPERATOR(pg_catalog.=) $1
        UNION ALL
       SELECT a.grantee,
              a.privilege_type,
              false
         FROM pg_catalog.pg_attribute AS c,
              pg_catalog.aclexplode(c.attacl) AS a
        WHERE c.attrelid OPERATOR(pg_catalog.=) $1
          AND c.attname OPERATOR(pg_catalog.<>) 'number_of_uses'
          AND NOT c.attisdropped)
SELECT g.grantee,
       CASE g.grantee
       WHEN 0::pg_catalog.oid THEN 'PUBLIC'
       ELSE pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(g.grantee))
       END AS name,
       pg_catalog.bool_or(g.is_whole)
  FROM given AS g
 WHERE g.privilege_type OPERATOR(pg_catalog.=) $2
   AND NOT EXISTS (
           SELECT 1
             FROM pg_catalog.pg_class AS own
            WHERE own.oid OPERATOR(pg_catalog.=) $3
              AND own.relowner OPERATOR(pg_catalog.=) g.grantee)
   AND (g.grantee OPERATOR(pg_catalog.=) 0::pg_catalog.oid
        OR pg_catalog.pg_get_userbyid(g.grantee) OPERATOR(pg_catalog.<>) current_user)
 GROUP BY g.grantee
 ORDER BY name
