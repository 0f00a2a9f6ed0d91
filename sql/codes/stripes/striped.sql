-- The striped codes of the schema.
SELECT s.code_uuid,
       pg_catalog.count(*)
  FROM host.referral_stripes AS s
 GROUP BY s.code_uuid
