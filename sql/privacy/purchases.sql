-- Of what the person has bought a repeat is known by its reference alone from now on.
UPDATE host.referral_purchases AS s
   SET is_forgotten = s.is_forgotten OR s.referee_uuid OPERATOR(pg_catalog.=) $1,
       referee_uuid = CASE WHEN s.referee_uuid OPERATOR(pg_catalog.=) $1 THEN $2 ELSE s.referee_uuid END,
       referrer_uuid = CASE WHEN s.referrer_uuid OPERATOR(pg_catalog.=) $1 THEN $2 ELSE s.referrer_uuid END
 WHERE (s.referee_uuid OPERATOR(pg_catalog.=) $1
        OR s.referrer_uuid OPERATOR(pg_catalog.=) $1)
   AND s.source_ref OPERATOR(pg_catalog.=) ANY ($3)
