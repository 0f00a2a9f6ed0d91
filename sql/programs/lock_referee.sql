UPDATE host.referral_referees AS r
   SET last_seen_at = $3
 WHERE r.referee_uuid OPERATOR(pg_catalog.=) $1
   AND r.program OPERATOR(pg_catalog.=) $2
