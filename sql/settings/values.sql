SELECT s.key,
       s.value
  FROM host.phoenix_kit_settings AS s
 WHERE s.key OPERATOR(pg_catalog.=) ANY ($1)
