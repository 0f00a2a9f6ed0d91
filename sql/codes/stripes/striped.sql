-- The striped codes of the schema, by their text.
SELECT c.code,
       s.code_uuid,
       pg_catalog.count(*)
  FROM host.referral_stripes AS s
  JOIN host.phoenix_kit_referral_codes AS c
    ON c.uuid OPERATOR(pg_catalog.=) s.code_uuid
 GROUP BY c.code,
          s.code_uuid
