SELECT e.id,
       e.type,
       e.payload,
       e.created_at
  FROM host.referral_events AS e
 WHERE e.id OPERATOR(pg_catalog.=) ANY ($1)
 ORDER BY e.id
