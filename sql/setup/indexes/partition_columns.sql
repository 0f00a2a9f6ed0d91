-- The columns by which a table, or a partition of it, is partitioned; '' stands for an expression.
SELECT coalesce(a.attname::pg_catalog.text, '')
  FROM pg_catalog.pg_partition_tree($1) AS tree,
       pg_catalog.pg_partitioned_table AS p
       CROSS JOIN LATERAL pg_catalog.unnest(p.partattrs::pg_catalog.int2[]) AS attribute (number)
       LEFT JOIN pg_catalog.pg_attribute AS a
              ON a.attrelid OPERATOR(pg_catalog.=) p.partrelid
             AND a.attnum OPERATOR(pg_catalog.=) attribute.number
 WHERE p.partrelid OPERATOR(pg_catalog.=) tree.relid::pg_catalog.oid
