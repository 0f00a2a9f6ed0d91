-- Uses that are held: how many still are, and how many are counted for holds that have expired.
SELECT pg_catalog.count(*) FILTER (WHERE h.expires_at OPERATOR(pg_catalog.>) pg_catalog.statement_timestamp()),
       pg_catalog.count(*) FILTER (WHERE h.expires_at OPERATOR(pg_catalog.<=) pg_catalog.statement_timestamp())
  FROM host.referral_holds AS h
 WHERE h.is_counted
