-- The uses that a code's counter has for holds: those that still stand at $2, and those that have expired.
SELECT pg_catalog.count(*) FILTER (WHERE h.expires_at OPERATOR(pg_catalog.>) $2),
       pg_catalog.count(*) FILTER (WHERE h.expires_at OPERATOR(pg_catalog.<=) $2)
  FROM host.referral_holds AS h
 WHERE h.code_uuid OPERATOR(pg_catalog.=) $1
   AND h.is_counted
