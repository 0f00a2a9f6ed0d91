-- How many codes there are, and those whose rows were written by transactions of the age $1, or younger ones.
SELECT pg_catalog.count(*),
       coalesce(
           pg_catalog.array_agg(c.uuid) FILTER (WHERE pg_catalog.age(c.xmin) OPERATOR(pg_catalog.<=) $1),
           '{}'::pg_catalog.uuid[])
  FROM host.phoenix_kit_referral_codes AS c
