DELETE FROM host.referral_holds AS h
 WHERE h.hold_uuid OPERATOR(pg_catalog.=) ANY ($1)
RETURNING h.is_counted
