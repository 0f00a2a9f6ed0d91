SELECT s.source_ref
  FROM host.referral_purchases AS s
 WHERE s.referee_uuid OPERATOR(pg_catalog.=) $1
    OR s.referrer_uuid OPERATOR(pg_catalog.=) $1
