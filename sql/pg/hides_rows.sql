SELECT pg_catalog.row_security_active($1)
