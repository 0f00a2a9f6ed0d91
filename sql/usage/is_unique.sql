-- Whether the rows that the query sees are unique by code and user. Asked of the catalog as the query sees it too: an index
-- that is younger than its snapshot says nothing of rows that were removed to make it.
SELECT 1
  FROM pg_catalog.pg_index AS i
 WHERE i.indrelid OPERATOR(pg_catalog.=) $1
   AND i.indisunique
   AND i.indimmediate
   AND i.indisvalid
   AND i.indpred IS NULL
   AND i.indnkeyatts OPERATOR(pg_catalog.=) 2
   AND (SELECT pg_catalog.count(*)
          FROM pg_catalog.pg_attribute AS a
         WHERE a.attrelid OPERATOR(pg_catalog.=) i.indrelid
           AND a.attname OPERATOR(pg_catalog.=) ANY (ARRAY['code_uuid', 'used_by_uuid']::pg_catalog.name[])
           AND a.attnum OPERATOR(pg_catalog.=) ANY (ARRAY[i.indkey[0], i.indkey[1]])) OPERATOR(pg_catalog.=) 2
