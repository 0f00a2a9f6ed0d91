-- The striped codes of the schema, by their text. OFFSET keeps the planner from joining all codes with them.
SELECT c.code,
       s.code_uuid,
       s.stripes
  FROM (SELECT r.code_uuid,
               pg_catalog.count(*) AS stripes
          FROM host.referral_stripes AS r
         GROUP BY r.code_uuid) AS s
 CROSS JOIN LATERAL (
       SELECT f.code
         FROM host.phoenix_kit_referral_codes AS f
        WHERE f.uuid OPERATOR(pg_catalog.=) s.code_uuid
       OFFSET 0) AS c
