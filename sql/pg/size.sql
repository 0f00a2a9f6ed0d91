-- How big a table is, its partitions included: bytes, as text, and rows by the planner's estimate.
SELECT size.bytes,
       pg_catalog.pg_size_pretty(size.bytes),
       size.rows
  FROM (SELECT pg_catalog.sum(pg_catalog.pg_relation_size(c.oid::pg_catalog.regclass))::pg_catalog.int8 AS bytes,
               pg_catalog.sum(greatest(c.reltuples, 0::pg_catalog.float4))::pg_catalog.int8 AS rows
          FROM pg_catalog.pg_class AS c
         WHERE c.oid OPERATOR(pg_catalog.=) $1
            OR c.oid OPERATOR(pg_catalog.=) ANY (
               ARRAY(SELECT tree.relid::pg_catalog.oid
                       FROM pg_catalog.pg_partition_tree($1) AS tree))) AS size
