SELECT 1
  FROM host.own_table AS t
 LIMIT 1
