-- Whether USAGE of a schema ($1, quoted) is to be given to a role ($2): it has none, or it is the caller's to
-- give.
SELECT pg_catalog.has_schema_privilege(
           $1::pg_catalog.regnamespace::pg_catalog.oid, 'USAGE WITH GRANT OPTION')
       OR NOT pg_catalog.has_schema_privilege(
           $2::pg_catalog.name, $1::pg_catalog.regnamespace::pg_catalog.oid, 'USAGE')
