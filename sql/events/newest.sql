SELECT pg_catalog.max(e.id)
  FROM host.referral_events AS e
