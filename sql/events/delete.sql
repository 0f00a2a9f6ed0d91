DELETE FROM host.referral_events AS e
 WHERE e.id OPERATOR(pg_catalog.=) ANY ($1)
