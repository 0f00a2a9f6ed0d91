-- Whether the usage that the comment of an index names is still one of several by its user of its code.
SELECT 1
  FROM host.phoenix_kit_referral_code_usage AS u
 WHERE u.uuid OPERATOR(pg_catalog.=) pg_catalog.substring(
           pg_catalog.obj_description($1, 'pg_class'),
           '[0-9a-f]{8}-[0-9a-f-]{27}')::pg_catalog.uuid
   AND EXISTS (
       SELECT 1
         FROM host.phoenix_kit_referral_code_usage AS o
        WHERE o.code_uuid OPERATOR(pg_catalog.=) u.code_uuid
          AND o.used_by_uuid OPERATOR(pg_catalog.=) u.used_by_uuid
          AND o.uuid OPERATOR(pg_catalog.<>) u.uuid)
