SELECT 1
  FROM users_table AS t
 WHERE t.user_key OPERATOR(pg_catalog.=) $1
 LIMIT 1
