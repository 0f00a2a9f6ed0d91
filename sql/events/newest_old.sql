SELECT pg_catalog.max(e.id)
  FROM host.referral_events AS e
 WHERE e.created_at OPERATOR(pg_catalog.<) $1
