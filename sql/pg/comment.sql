SELECT pg_catalog.obj_description($1, 'pg_class')
