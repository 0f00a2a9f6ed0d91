-- How many codes there are, and the age of the oldest transaction that this snapshot does not see ended.
SELECT pg_catalog.count(*),
       pg_catalog.age(pg_catalog.pg_snapshot_xmin(pg_catalog.pg_current_snapshot())::pg_catalog.xid)
  FROM host.phoenix_kit_referral_codes AS c
