-- Whether a role ($1; NULL is PUBLIC) has been given a privilege ($3) on a table ($2), or on a column of it ($4).
SELECT EXISTS (
           SELECT 1
             FROM pg_catalog.pg_class AS t,
                  pg_catalog.aclexplode(t.relacl) AS given
            WHERE t.oid OPERATOR(pg_catalog.=) $2
              AND given.grantee OPERATOR(pg_catalog.=) coalesce($1, 0::pg_catalog.oid)
              AND given.privilege_type OPERATOR(pg_catalog.=) $3)
       OR EXISTS (
           SELECT 1
             FROM pg_catalog.pg_attribute AS c,
                  pg_catalog.aclexplode(c.attacl) AS given
            WHERE c.attrelid OPERATOR(pg_catalog.=) $2
              AND c.attname OPERATOR(pg_catalog.=) $4
              AND given.grantee OPERATOR(pg_catalog.=) coalesce($1, 0::pg_catalog.oid)
              AND given.privilege_type OPERATOR(pg_catalog.=) $3)
