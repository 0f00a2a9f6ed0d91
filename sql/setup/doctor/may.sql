-- Whether a role ($1) may do with a table ($2), or with these columns of it ($4, NULL: all), what a privilege ($3) says.
SELECT CASE
       WHEN $4 IS NULL THEN pg_catalog.has_table_privilege($1::pg_catalog.name, $2, $3)
       ELSE (SELECT pg_catalog.bool_and(pg_catalog.has_column_privilege($1::pg_catalog.name, $2, wanted.name, $3))
               FROM pg_catalog.unnest($4) AS wanted (name))
       END
