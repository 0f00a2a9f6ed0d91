UPDATE host.referral_referees AS r
   SET referee_uuid = $2
 WHERE r.referee_uuid OPERATOR(pg_catalog.=) $1
   AND r.program OPERATOR(pg_catalog.=) ANY ($3)
