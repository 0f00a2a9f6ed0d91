-- Users who hold more than one usage of a code: how many, and a few of them.
  WITH repeated AS (
       SELECT u.code_uuid,
              u.used_by_uuid,
              pg_catalog.count(*) AS times,
              pg_catalog.row_number() OVER (ORDER BY u.code_uuid, u.used_by_uuid) AS place
         FROM host.phoenix_kit_referral_code_usage AS u
        GROUP BY u.code_uuid,
                 u.used_by_uuid
       HAVING pg_catalog.count(*) OPERATOR(pg_catalog.>) 1)
SELECT pg_catalog.count(*),
       pg_catalog.string_agg(
           pg_catalog.format('user %s used code %s %s times', repeated.used_by_uuid, repeated.code_uuid, repeated.times),
           ', ' ORDER BY repeated.place)
           FILTER (WHERE repeated.place OPERATOR(pg_catalog.<=) 3)
  FROM repeated
