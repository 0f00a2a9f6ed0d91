-- Codes with stripes, and what these have leased: how many, and a few of them.
  WITH striped AS (
       SELECT s.code_uuid,
              pg_catalog.count(*) AS stripes,
              pg_catalog.sum(s.uses_left) AS uses
         FROM host.referral_stripes AS s
        GROUP BY s.code_uuid),
       named AS (
       SELECT c.code,
              striped.stripes,
              striped.uses,
              pg_catalog.row_number() OVER (ORDER BY striped.uses DESC, c.uuid) AS place
         FROM striped,
              host.phoenix_kit_referral_codes AS c
        WHERE c.uuid OPERATOR(pg_catalog.=) striped.code_uuid)
SELECT pg_catalog.count(*),
       pg_catalog.string_agg(
           pg_catalog.format('"%s" %s uses by %s stripes', named.code, named.uses, named.stripes),
           ', ' ORDER BY named.place)
           FILTER (WHERE named.place OPERATOR(pg_catalog.<=) 3)
  FROM named
