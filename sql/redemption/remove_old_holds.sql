-- Those of a code that expired before $3, save $2's own: nobody comes back for them.
DELETE FROM host.referral_holds AS h
 WHERE h.code_uuid OPERATOR(pg_catalog.=) $1
   AND h.user_uuid OPERATOR(pg_catalog.<>) $2
   AND h.expires_at OPERATOR(pg_catalog.<) $3
RETURNING h.is_counted
