-- Behind the numbers that are taken.
SELECT pg_catalog.setval(
           pg_catalog.pg_get_serial_sequence($1::pg_catalog.regclass::pg_catalog.text, 'column_name'),
           pg_catalog.max(t.column_name))
  FROM host.own_table AS t
