-- Gives up the counted uses of holds that have expired by $2, of codes whose rows are locked.
UPDATE host.referral_holds AS h
   SET is_counted = false
 WHERE h.code_uuid OPERATOR(pg_catalog.=) ANY ($1)
   AND h.is_counted
   AND h.expires_at OPERATOR(pg_catalog.<=) $2
RETURNING h.code_uuid
